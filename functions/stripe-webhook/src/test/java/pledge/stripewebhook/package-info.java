@NullMarked
package pledge.stripewebhook;

import org.jspecify.annotations.NullMarked;
