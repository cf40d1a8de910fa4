package pledge.notice;

import pledge.store.Backend;
import pledge.subject.Notices;
import pledge.vault.Environment;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/** What this function is made of. */
record Wiring(NoticeSender sender) {
  static Wiring of(Environment environment) {
    var ses =
        environment.configure(SesV2Client.builder(), "SESV2", Environment.httpClient()).build();
    return new Wiring(
        new NoticeSender(
            new Notices(Backend.of(environment), environment.clock()),
            new SesMails(ses, environment.setting("MAIL_FROM")),
            new Letters(environment.setting("BASE_URL"))));
  }
}
