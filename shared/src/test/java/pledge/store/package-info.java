@NullMarked
package pledge.store;

import org.jspecify.annotations.NullMarked;
