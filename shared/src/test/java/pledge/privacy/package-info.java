@NullMarked
package pledge.privacy;

import org.jspecify.annotations.NullMarked;
