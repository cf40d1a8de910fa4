/**
 * Stripe, by its own library: requests, keys against doing a thing twice, and the version of its
 * API are the library's; of what Stripe answers we read, by name, the few fields that we need.
 */
@NullMarked
package pledge.processor.stripe;

import org.jspecify.annotations.NullMarked;
