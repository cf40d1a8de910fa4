@NullMarked
package pledge.http;

import org.jspecify.annotations.NullMarked;
