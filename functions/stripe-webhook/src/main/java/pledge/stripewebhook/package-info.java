/** What Stripe tells us: that it is Stripe, and the number of the message; nothing else of it. */
@NullMarked
package pledge.stripewebhook;

import org.jspecify.annotations.NullMarked;
