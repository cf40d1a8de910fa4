@NullMarked
package pledge.policychange;

import org.jspecify.annotations.NullMarked;
