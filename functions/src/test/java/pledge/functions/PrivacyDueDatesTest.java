package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static pledge.functions.Problems.json;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.local.Machine;

/** When what a person asks for must be done, as the answer says. */
class PrivacyDueDatesTest {
  @ParameterizedTest(name = "rights-deadline: asked for at {0}, it is due at {1}")
  @CsvSource({
    "2027-01-31T10:15:30Z, 2027-02-28T10:15:30Z",
    "2027-02-10T10:15:30Z, 2027-03-10T10:15:30Z",
    "2027-03-10T10:15:30Z, 2027-04-09T10:15:30Z",
    "2027-04-10T10:15:30Z, 2027-05-10T10:15:30Z"
  })
  void isDueInThirtyDaysOrAMonthWhicheverIsEarlier(Instant asked, String dueBy) {
    try (var machine = Machine.start(QuickHashes.options().withClockAt(asked))) {
      var ada = Person.of(machine, "ada@example.org").withSession();
      for (var what : List.of("exports", "erasures")) {
        var answer = ada.send("POST", "/privacy/" + what, null);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).path("requestedAt").asText()).isEqualTo(asked.toString());
        assertThat(json(answer).path("dueBy").asText()).as(what).isEqualTo(dueBy);
      }
      assertThat(json(ada.get("/privacy/requests")).path("requests").findValuesAsText("dueBy"))
          .containsExactly(dueBy, dueBy);
    }
  }
}
