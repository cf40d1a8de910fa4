@NullMarked
package pledge.vault;

import org.jspecify.annotations.NullMarked;
