/** Who pays for what: the mirror of what Stripe says, and what follows from it. */
@NullMarked
package pledge.billing;

import org.jspecify.annotations.NullMarked;
