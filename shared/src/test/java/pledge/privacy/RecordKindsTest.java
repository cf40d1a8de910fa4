package pledge.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pledge.policy.Category;
import pledge.policy.Table;
import pledge.store.Contents;
import pledge.store.Kind;

final class RecordKindsTest {
  private static final Contents CONTENTS = new Contents(RecordKinds.ALL);

  @Test
  void areAllThatTheCodeDeclares() throws ReflectiveOperationException {
    var declared = new HashSet<Object>();
    for (var type :
        new ClassFileImporter()
            .importUrl(Kind.class.getProtectionDomain().getCodeSource().getLocation())) {
      for (var field : type.getFields()) {
        if (field.getRawType().isEquivalentTo(Kind.class)
            && field.getModifiers().contains(JavaModifier.STATIC)) {
          var reflected = field.reflect();
          reflected.setAccessible(true);
          declared.add(reflected.get(null));
        }
      }
    }

    assertThat(new HashSet<Object>(RecordKinds.ALL)).isEqualTo(declared).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "SUBJECTS, AAECAwQFBgcICQoLDA0ODw, SESSION#EBESExQVFhcYGRobHB0eHw, SESSION",
    "SUBJECTS, AAECAwQFBgcICQoLDA0ODw, SIGN_UP, SIGN_UP",
    "SUBJECTS, AAECAwQFBgcICQoLDA0ODw, OUTBOX#NOTICE#EBESExQVFhcYGRobHB0eHw, NOTICE",
    "SUBJECTS, a-blind-index, LOOKUP, LOOKUP",
    "ACTIVITY, a-blind-index, THROTTLE#delay, SIGN_IN_THROTTLE",
    "ACTIVITY, a-blind-index, THROTTLE#pages, RATE_LIMIT",
    "ACTIVITY, AAECAwQFBgcICQoLDA0ODw, EVENT#SESSION_EXPIRED#1, SECURITY_EVENT",
    "AUDIT, chain#INCIDENT, 00000000000000000007, INCIDENT",
    "AUDIT, expired#2026-11-21, EXPIRED#subjects#1, PLEDGE_CHECK",
    "AUDIT, canaries, PLANTED, PLEDGE_CHECK"
  })
  void areToldByThePlaceOfARecord(Table table, String partition, String sort, Category category) {
    assertThat(CONTENTS.category(table, partition, sort)).contains(category);
  }

  @ParameterizedTest
  @CsvSource({
    "SUBJECTS, AAECAwQFBgcICQoLDA0ODw, SESSIONS#1",
    "SUBJECTS, AAECAwQFBgcICQoLDA0ODw, OF_NO_KIND",
    "ACTIVITY, AAECAwQFBgcICQoLDA0ODw, SESSION#1",
    "AUDIT, chain#OF_NO_KIND, 00000000000000000007"
  })
  void areNotGuessed(Table table, String partition, String sort) {
    assertThat(CONTENTS.category(table, partition, sort)).isEqualTo(Optional.empty());
  }
}
