/** Functions as Lambda's Java runtime starts them, for the benchmark and for tests of archives. */
@NullMarked
package pledge.runtime;

import org.jspecify.annotations.NullMarked;
