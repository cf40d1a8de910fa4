package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.param.RefundCreateParams;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Stripe's objects say of cards and accounts is all there, to be looked for elsewhere. */
final class StripeTracesTest {
  /** Fields that no charge of a subscription has. */
  private static final Set<String> ELSEWHERE = Set.of("capturebefore", "installments");

  private Machine machine;
  private StripeClient stripe;

  @BeforeEach
  void start() {
    machine = Machine.start(Sample.options().withoutFunctions());
    stripe = StripeSample.client(machine);
  }

  @AfterEach
  void stop() {
    machine.close();
  }

  @Test
  void fillsEveryFieldOfACardThatWasCharged() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    var charge = stripe.v1().charges().retrieve(newest("charge"));

    assertThat(empty(charge.getPaymentMethodDetails().getCard())).isEmpty();
    assertThat(empty(charge.getBillingDetails().getAddress())).isSubsetOf("Line2");
  }

  @Test
  void fillsEveryFieldOfAnAccountThatWasCharged() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.BANK);
    assertThat(empty(charged().getSepaDebit())).isEmpty();

    StripeSample.subscribed(machine, stripe, StripeCard.US_BANK);
    assertThat(empty(charged().getUsBankAccount())).isEmpty();
  }

  @Test
  void fillsEveryFieldOfWhatIsPaidWith() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    assertThat(empty(means().getCard())).isEmpty();

    StripeSample.subscribed(machine, stripe, StripeCard.BANK);
    assertThat(empty(means().getSepaDebit())).isEmpty();

    StripeSample.subscribed(machine, stripe, StripeCard.US_BANK);
    assertThat(empty(means().getUsBankAccount())).isEmpty();
  }

  @Test
  void fillsEveryFieldOfWhereMoneyGoesBack() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.GOOD);
    assertThat(empty(refunded().getCard())).isEmpty();

    StripeSample.subscribed(machine, stripe, StripeCard.US_BANK);
    assertThat(empty(refunded().getUsBankTransfer())).isEmpty();
  }

  @Test
  void fillsEveryFieldOfACardThatIsDisputed() throws StripeException {
    StripeSample.subscribed(machine, stripe, StripeCard.DISPUTED);
    var dispute = stripe.v1().disputes().retrieve(newest("dispute"));

    assertThat(empty(dispute.getPaymentMethodDetails().getCard())).isEmpty();
  }

  @Test
  void showsDigitsAndFingerprintsThatCanBeLookedFor() throws StripeException {
    for (var card : StripeCard.values()) {
      StripeSample.subscribed(machine, stripe, payingFirst(card));
    }
    var charge = machine.stripe().numbers("charge").getFirst();
    stripe.v1().refunds().create(RefundCreateParams.builder().setCharge(charge).build());
    var customer = stripe.v1().charges().retrieve(charge).getCustomer();
    machine.stripe().changeCard(customer, StripeCard.DECLINED);
    machine.clock().advance(Period.ofDays(32));
    machine.settle();
    var all = new StringBuilder();
    for (var type : List.of("charge", "payment_method", "refund", "event")) {
      machine.stripe().numbers(type).forEach(number -> all.append(machine.stripe().json(number)));
    }

    // The whole number is what nobody but Stripe ever sees.
    var whole = Arrays.stream(StripeCard.values()).map(StripeCard::digits).toList();
    assertThat(all.toString()).doesNotContain(whole);
    assertThat(StripeCard.traces())
        .filteredOn(trace -> !whole.contains(trace))
        .hasSizeGreaterThan(10)
        .allSatisfy(trace -> assertThat(all.toString()).contains(trace));
  }

  private String newest(String type) {
    return machine.stripe().numbers(type).getLast();
  }

  private Charge.PaymentMethodDetails charged() throws StripeException {
    return stripe.v1().charges().retrieve(newest("charge")).getPaymentMethodDetails();
  }

  private PaymentMethod means() throws StripeException {
    return stripe.v1().paymentMethods().retrieve(newest("payment_method"));
  }

  private Refund.DestinationDetails refunded() throws StripeException {
    var all = RefundCreateParams.builder().setCharge(newest("charge")).build();
    return stripe.v1().refunds().create(all).getDestinationDetails();
  }

  private static StripeCard payingFirst(StripeCard card) {
    return card == StripeCard.DECLINED ? StripeCard.GOOD : card;
  }

  /** The getters of an object of Stripe's library that answer null. */
  private static List<String> empty(Object object) {
    var empty = new ArrayList<String>();
    for (var getter : object.getClass().getMethods()) {
      var name = getter.getName();
      if (name.startsWith("get")
          && getter.getParameterCount() == 0
          && !Modifier.isStatic(getter.getModifiers())
          && getter.getDeclaringClass() == object.getClass()
          && !name.endsWith("Object")
          && !ELSEWHERE.contains(name.substring(3).toLowerCase(Locale.ROOT))
          && call(getter, object) == null) {
        empty.add(name.substring(3));
      }
    }
    return empty;
  }

  private static @Nullable Object call(Method getter, Object object) {
    try {
      return getter.invoke(object);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
