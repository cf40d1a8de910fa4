/** Rights and their proofs: the audit, and what each pledge was last found to be. */
@NullMarked
package pledge.privacy;

import org.jspecify.annotations.NullMarked;
