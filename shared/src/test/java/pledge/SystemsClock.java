package pledge;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Set;

/** The clock that nobody but who makes the others may ask. */
public final class SystemsClock {
  private SystemsClock() {}

  public static DescribedPredicate<JavaCall<?>> isRead() {
    var ofNow =
        Set.of(
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            ZonedDateTime.class,
            OffsetDateTime.class);
    return DescribedPredicate.describe(
        "reads the system's clock",
        call -> {
          var owner = call.getTargetOwner();
          var name = call.getName();
          return (name.equals("now") && ofNow.stream().anyMatch(owner::isEquivalentTo))
              || (owner.isEquivalentTo(System.class)
                  && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
              || (owner.isEquivalentTo(Clock.class) && name.startsWith("system"))
              || (owner.isEquivalentTo(InstantSource.class) && name.equals("system"))
              || (owner.isEquivalentTo(Date.class) && name.equals("<init>"));
        });
  }
}
