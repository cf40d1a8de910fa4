package pledge.staffrequest;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pledge.http.JsonBody;
import pledge.http.Request;
import pledge.privacy.MinorReport.Source;
import pledge.subject.EmailAddress;

/** What staff say of a minor: {@code email}, and {@code source}, who told us. */
record MinorReportForm(EmailAddress email, Source source) {
  private static final String SOURCE_RULE =
      "must be one of "
          + Stream.of(Source.values()).map(MinorReportForm::word).collect(Collectors.joining(", "));

  static MinorReportForm read(Request request) {
    var body = JsonBody.of(request);
    var email = body.text("email", "must be an e-mail address", EmailAddress::parse);
    var source = body.text("source", SOURCE_RULE, MinorReportForm::source);
    body.check();
    return new MinorReportForm(email.orElseThrow(), source.orElseThrow());
  }

  private static Optional<Source> source(String text) {
    return Stream.of(Source.values()).filter(source -> word(source).equals(text)).findFirst();
  }

  private static String word(Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }
}
