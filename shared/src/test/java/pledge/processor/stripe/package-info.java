@NullMarked
package pledge.processor.stripe;

import org.jspecify.annotations.NullMarked;
