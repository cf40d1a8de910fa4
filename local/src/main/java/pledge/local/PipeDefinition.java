package pledge.local;

/**
 * A pipe from a table's stream to a queue; an empty {@code inputTemplate} passes the record on as
 * it is.
 */
record PipeDefinition(
    String id, String table, StreamSettings settings, String queue, String inputTemplate) {}
