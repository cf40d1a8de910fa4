/** Records of any category, and very many of them, for the benchmark and for tests of the whole. */
@NullMarked
package pledge.records;

import org.jspecify.annotations.NullMarked;
