@NullMarked
package pledge.retention.audit;

import org.jspecify.annotations.NullMarked;
