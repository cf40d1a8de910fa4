/** Tests of one function. */
@NullMarked
package pledge.retention.schedule;

import org.jspecify.annotations.NullMarked;
