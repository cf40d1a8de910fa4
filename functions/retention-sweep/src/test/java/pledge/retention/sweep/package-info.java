/** Tests of one function. */
@NullMarked
package pledge.retention.sweep;

import org.jspecify.annotations.NullMarked;
