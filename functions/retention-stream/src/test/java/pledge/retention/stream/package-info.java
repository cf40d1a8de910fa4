/** Tests of one function. */
@NullMarked
package pledge.retention.stream;

import org.jspecify.annotations.NullMarked;
