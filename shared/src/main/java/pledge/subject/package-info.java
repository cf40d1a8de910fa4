/** People and organisations: accounts, credentials, consents, sessions. */
@NullMarked
package pledge.subject;

import org.jspecify.annotations.NullMarked;
