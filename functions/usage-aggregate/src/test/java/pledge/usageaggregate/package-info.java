@NullMarked
package pledge.usageaggregate;

import org.jspecify.annotations.NullMarked;
