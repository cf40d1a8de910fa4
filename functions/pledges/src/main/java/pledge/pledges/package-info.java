/** What we promise, and whether we keep it: for anybody to read. */
@NullMarked
package pledge.pledges;

import org.jspecify.annotations.NullMarked;
