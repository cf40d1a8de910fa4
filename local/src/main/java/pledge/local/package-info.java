/** AWS on one machine: what {@code template.yaml} declares, run in one JVM. */
@NullMarked
package pledge.local;

import org.jspecify.annotations.NullMarked;
