/** Tests of the local machine, with a template and handlers of their own. */
@NullMarked
package pledge.local;

import org.jspecify.annotations.NullMarked;
