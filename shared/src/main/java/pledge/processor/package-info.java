/**
 * One port per third party, and what each may be sent. The adapters stay with the functions that
 * need them.
 */
@NullMarked
package pledge.processor;

import org.jspecify.annotations.NullMarked;
