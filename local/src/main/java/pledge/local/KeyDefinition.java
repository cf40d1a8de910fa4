package pledge.local;

/**
 * A KMS key as the template declares it: its spec, such as {@code SYMMETRIC_DEFAULT} or {@code
 * ECC_NIST_P256}.
 */
record KeyDefinition(String id, String spec, String description) {}
