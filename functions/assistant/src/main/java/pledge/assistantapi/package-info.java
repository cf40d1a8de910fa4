/** One Lambda function; {@code template.yaml} says what it may and may not do. */
@NullMarked
package pledge.assistantapi;

import org.jspecify.annotations.NullMarked;
