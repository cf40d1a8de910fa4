/** Tests of all functions together. */
@NullMarked
package pledge.functions;

import org.jspecify.annotations.NullMarked;
