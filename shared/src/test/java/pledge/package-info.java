/** What the tests of all packages share, and the test of what imports what. */
@NullMarked
package pledge;

import org.jspecify.annotations.NullMarked;
