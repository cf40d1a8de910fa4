package pledge.subject;

import pledge.policy.PolicyDocument;

/**
 * That a person accepted a policy: which, in which version, with which text.
 *
 * @param sha256 of the text, lower-case hexadecimal
 */
public record Acceptance(String document, String version, String sha256) {
  /** Of the document as it stands today. */
  public static Acceptance of(PolicyDocument document) {
    return new Acceptance(document.id(), document.version(), document.sha256());
  }
}
