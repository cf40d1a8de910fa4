/** The assistants: what each is given, and how it comes to run, to stand still, and to an end. */
@NullMarked
package pledge.assistant;

import org.jspecify.annotations.NullMarked;
