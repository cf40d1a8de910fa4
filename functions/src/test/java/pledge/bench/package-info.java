/**
 * {@code mvn -Pbench}: what the functions cost, in one table of one run. A benchmark is no test:
 * nothing here is run by {@code mvn verify}, and a missed target is printed, not failed.
 */
@NullMarked
package pledge.bench;

import org.jspecify.annotations.NullMarked;
