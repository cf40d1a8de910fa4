/** The tables: records by category, sealed, expired on read, written under conditions. */
@NullMarked
package pledge.store;

import org.jspecify.annotations.NullMarked;
