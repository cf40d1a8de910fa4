@NullMarked
package pledge.subject;

import org.jspecify.annotations.NullMarked;
