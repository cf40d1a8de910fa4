/** Data keys, sealing and opening, blind indexes, key destruction. */
@NullMarked
package pledge.vault;

import org.jspecify.annotations.NullMarked;
