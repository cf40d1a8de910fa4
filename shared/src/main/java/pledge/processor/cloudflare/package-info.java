/** Cloudflare's API, by the JDK's own HTTP client. */
@NullMarked
package pledge.processor.cloudflare;

import org.jspecify.annotations.NullMarked;
