package pledge.subject;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address as its owner writes it (RFC 5321 §4.1.2, without quoted local parts and address
 * literals, which no person has). Its domain is in ASCII (RFC 5891), and so is its local part: the
 * mail service takes no other.
 */
public final class EmailAddress {
  private static final int LONGEST = 254;
  private static final int LONGEST_LOCAL_PART = 64;
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final Pattern LOCAL_PART = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
  private static final Pattern DOMAIN =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  private final String value;

  private EmailAddress(String value) {
    this.value = value;
  }

  /**
   * The signs whose domain is another's by the older rules, which Java has (UTS #46, §1.3): who
   * means one writes it in ASCII.
   */
  private static final Pattern DEVIATION = Pattern.compile("[\u00df\u1e9e\u03c2\u200c\u200d]");

  /** Reads an address; empty where mail could not be sent to it. */
  public static Optional<EmailAddress> parse(String text) {
    var trimmed = Nfc.of(text.strip());
    var at = trimmed.lastIndexOf('@');
    if (at < 1 || at > LONGEST_LOCAL_PART || trimmed.length() > LONGEST) {
      return Optional.empty();
    }
    var local = trimmed.substring(0, at);
    String domain;
    try {
      domain = ascii(trimmed.substring(at + 1)).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    var address = local + "@" + domain;
    return LOCAL_PART.matcher(local).matches()
            && DOMAIN.matcher(domain).matches()
            && address.length() <= LONGEST
        ? Optional.of(new EmailAddress(address))
        : Optional.empty();
  }

  /**
   * The rules of ASCII domains are in {@link #DOMAIN}: to most addresses the others do not matter.
   */
  private static String ascii(String domain) {
    if (Nfc.isAscii(domain)) {
      return domain;
    }
    if (DEVIATION.matcher(domain).find()) {
      throw new IllegalArgumentException("another domain by IDNA 2003 than by IDNA 2008");
    }
    return IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
  }

  /** Takes an address that was {@linkplain #parse read} before and stored. */
  static EmailAddress stored(String value) {
    return new EmailAddress(value);
  }

  /** The address, to send mail to. */
  public String value() {
    return value;
  }

  /**
   * What two spellings of one address share. The standard lets a mail host tell upper from lower
   * case; none does, and two accounts for one mailbox would be worse.
   */
  public String canonical() {
    return value.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EmailAddress address && value.equals(address.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "EmailAddress[redacted]";
  }
}
