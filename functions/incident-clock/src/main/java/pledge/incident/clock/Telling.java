package pledge.incident.clock;

import java.util.function.BooleanSupplier;
import pledge.privacy.Affected;
import pledge.privacy.Incident;
import pledge.privacy.IncidentNotice;
import pledge.privacy.Incidents;
import pledge.privacy.Mailings;
import pledge.subject.Notice;
import pledge.subject.Notices;

/** Tells each person whom an incident touched, once (GDPR Art. 34). */
final class Telling {
  private final Incidents incidents;
  private final Affected affected;
  private final Notices notices;
  private final Mailings mailings;

  Telling(Incidents incidents, Affected affected, Notices notices, Mailings mailings) {
    this.incidents = incidents;
    this.affected = affected;
    this.notices = notices;
    this.mailings = mailings;
  }

  /** Goes on telling of an incident, and writes down when all are told. */
  void advance(Incident incident, BooleanSupplier hasTime) {
    var telling = incident.telling().orElseThrow();
    var values = IncidentNotice.of(incident, telling).values();
    var progress =
        mailings.advance(
            telling.mailing(),
            person -> {
              if (!affected.isOneOfThem(person, incident.extent())) {
                return false;
              }
              // Under the incident's id: once, however often it turns out that they are affected.
              notices.queue(person, incident.id(), Notice.About.INCIDENT, values);
              return true;
            },
            hasTime);
    if (progress.finished()) {
      incidents.allTold(telling, incident.id(), progress.concerned());
    }
  }
}
