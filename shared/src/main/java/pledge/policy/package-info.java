/**
 * The declarations: what is kept, why, for how long, who sees it. Nothing here imports anything of
 * ours.
 */
@NullMarked
package pledge.policy;

import org.jspecify.annotations.NullMarked;
