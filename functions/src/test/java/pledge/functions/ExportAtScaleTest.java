package pledge.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import pledge.privacy.OpenRequest.What;
import pledge.records.ManyRecords;

/** A copy of far more than one page of records. */
class ExportAtScaleTest {
  /** Of each category. */
  private static final int RECORDS = 1_500;

  private final Erasures people = new Erasures(ManyRecords.machine());

  @AfterEach
  void close() {
    people.close();
  }

  @Test
  @DisplayName("right-access: of thousands of records, each is in the copy once")
  void eachOfThousandsOfRecordsIsInTheCopyOnce() {
    var neighbour = people.somebody();
    var person = people.somebody();
    people.account(person);
    var writer = people.backstage.manyRecords();
    for (var category : ManyRecords.ACTIVITY) {
      writer.write(person, category, RECORDS);
      writer.write(neighbour, category, 1);
    }
    people.requests().export(person);

    people.exports(Duration.ofSeconds(1)).advance(people.open(What.EXPORT));

    var zip = PersonalZip.of(people.copied(person));
    var ids = IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList();
    for (var category : ManyRecords.ACTIVITY) {
      assertThat(zip.records(category).findValuesAsText("id"))
          .as(category.name())
          .containsExactlyInAnyOrderElementsOf(ids);
      assertThat(zip.lines(category)).as(category.name()).hasSize(RECORDS + 1);
    }
  }
}
