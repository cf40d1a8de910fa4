/**
 * The HTTP API's event ↔ our request and response; problems, cookies, origin check, rate limits.
 */
@NullMarked
package pledge.http;

import org.jspecify.annotations.NullMarked;
