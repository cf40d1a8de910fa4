package pledge.processor.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.FormEncoder;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.RequestOptions.RequestOptionsBuilder;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.io.Serial;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import pledge.vault.Environment;
import pledge.vault.UnavailableException;

/**
 * Calls to Stripe through its library, in the version of the API that the library is pinned to. The
 * library's typed models are left alone: to fill one reads every field of an answer, and makes a
 * thousand classes.
 *
 * <p>Every method throws {@link UnavailableException} where Stripe does not answer for now (no
 * answer, 409, 429, 5xx), and {@link StripeRefusal} where it says no.
 */
public final class StripeApi {
  /** A caller of ours waits 20 s at most. */
  private static final int CONNECT_MILLIS = 2_000;

  private static final int READ_MILLIS = 8_000;

  /** The most that Stripe puts on one page. */
  private static final int PAGE = 100;

  /** What redacts is in public preview, which has versions of its own. */
  private static final String PREVIEW =
      Stripe.API_VERSION.substring(0, Stripe.API_VERSION.indexOf('.')) + ".preview";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,255}");
  private static final Pattern CODE = Pattern.compile("[a-z0-9_]{1,64}");

  private final StripeClient client;

  private StripeApi(StripeClient client) {
    this.client = client;
  }

  /** As the settings say: {@code STRIPE_KEY}, and {@code STRIPE_API_BASE} where it is another. */
  public static StripeApi of(Environment environment) {
    return of(
        environment.setting("STRIPE_KEY"),
        environment.optional("STRIPE_API_BASE").orElse(Stripe.LIVE_API_BASE));
  }

  /** With that key, at that address. */
  public static StripeApi of(String key, String base) {
    return of(key, base, READ_MILLIS);
  }

  static StripeApi of(String key, String base, int readMillis) {
    // It would tell Stripe how long each call took.
    Stripe.enableTelemetry = false;
    return new StripeApi(
        StripeClient.builder()
            .setApiKey(key)
            .setApiBase(base)
            .setConnectTimeout(CONNECT_MILLIS)
            .setReadTimeout(readMillis)
            // Whoever calls us tries again, and with the same key: a queue, a clock, a person.
            .setMaxNetworkRetries(0)
            .setHttpClient(new Calls())
            .build());
  }

  /** One object, by the number at the end of its path; empty where there is none. */
  Optional<StripeObject> find(String path, String id, Map<String, Object> query) {
    return orEmpty(
        () -> send(RequestMethod.GET, query(path + "/" + checked(id), query), options()));
  }

  /** As {@link #find}, in the version of the API that has what is in preview. */
  Optional<StripeObject> preview(String path, String id) {
    return orEmpty(() -> send(RequestMethod.GET, path + "/" + checked(id), inPreview(options())));
  }

  /**
   * Makes or does something.
   *
   * @param key makes it this one and no other: asked twice, it is done once
   */
  StripeObject post(String path, Map<String, Object> form, String key) {
    var options = options();
    options.setIdempotencyKey(key);
    return send(RequestMethod.POST, path, form, options);
  }

  /** As {@link #post}, in the version of the API that has what is in preview. */
  StripeObject postPreview(String path, Map<String, Object> form, String key) {
    var options = inPreview(options());
    options.setIdempotencyKey(key);
    return send(RequestMethod.POST, path, form, options);
  }

  /** Deletes or ends something; empty where there is none. To do it twice is no error. */
  Optional<StripeObject> delete(String path, String id) {
    return orEmpty(() -> send(RequestMethod.DELETE, path + "/" + checked(id), options()));
  }

  /** A number as a part of a path. */
  static String checked(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("no number of Stripe's");
    }
    return id;
  }

  /** All of a list, the newest first, page by page as it is walked. */
  Iterable<StripeObject> all(String path, Map<String, Object> query) {
    return () -> new Pages(path, query);
  }

  /** What Stripe finds by what stands in it, within a minute of its being there: a page at most. */
  List<StripeObject> search(String path, String query) {
    Map<String, Object> words = Map.of("query", query, "limit", PAGE);
    return send(RequestMethod.GET, query(path + "/search", words), options()).list("data");
  }

  private final class Pages implements Iterator<StripeObject> {
    private final String path;
    private final Map<String, Object> query;
    private final Deque<StripeObject> page = new ArrayDeque<>();
    private boolean more = true;

    Pages(String path, Map<String, Object> query) {
      this.path = path;
      this.query = new HashMap<>(query);
      this.query.putIfAbsent("limit", PAGE);
    }

    @Override
    public boolean hasNext() {
      while (page.isEmpty() && more) {
        var answer = send(RequestMethod.GET, query(path, query), options());
        page.addAll(answer.list("data"));
        more = answer.flag("has_more") && !page.isEmpty();
        if (!page.isEmpty()) {
          query.put("starting_after", page.getLast().text("id"));
        }
      }
      return !page.isEmpty();
    }

    @Override
    public StripeObject next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return page.removeFirst();
    }
  }

  private interface Call {
    StripeObject send();
  }

  private static Optional<StripeObject> orEmpty(Call call) {
    try {
      return Optional.of(call.send());
    } catch (StripeRefusal e) {
      if (e.code().equals("resource_missing")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private StripeObject send(
      RequestMethod method, String path, RawRequestOptions.RawRequestOptionsBuilder options) {
    return send(method, path, "", options);
  }

  private StripeObject send(
      RequestMethod method,
      String path,
      Map<String, Object> form,
      RawRequestOptions.RawRequestOptionsBuilder options) {
    return send(method, path, FormEncoder.createQueryString(form), options);
  }

  private StripeObject send(
      RequestMethod method,
      String path,
      String form,
      RawRequestOptions.RawRequestOptionsBuilder options) {
    try {
      var content = method == RequestMethod.POST ? form : null;
      return StripeObject.parse(client.rawRequest(method, path, content, options.build()).body())
          // Half an answer, or a page of something in between.
          .orElseThrow(
              () -> new UnavailableException("Stripe", new IllegalStateException("no JSON")));
    } catch (Answered e) {
      if (e.status == 409 || e.status == 429 || e.status >= 500) {
        throw new UnavailableException("Stripe", e);
      }
      throw new StripeRefusal(e.status, e.code);
    } catch (ApiConnectionException e) {
      throw new UnavailableException("Stripe", e);
    } catch (StripeException e) {
      // The library's own: a key that is none.
      throw new StripeRefusal(0, "");
    }
  }

  private static RawRequestOptions.RawRequestOptionsBuilder options() {
    return RawRequestOptions.builder();
  }

  private static RawRequestOptions.RawRequestOptionsBuilder inPreview(
      RawRequestOptions.RawRequestOptionsBuilder options) {
    RequestOptionsBuilder.unsafeSetStripeVersionOverride(options, PREVIEW);
    return options;
  }

  private static String query(String path, Map<String, Object> query) {
    return query.isEmpty() ? path : path + "?" + FormEncoder.createQueryString(query);
  }

  /**
   * The library's own client, but for answers that are no success: the library would fill a model
   * from them, which takes half a second the first time, and put Stripe's words, which repeat what
   * was asked, into an exception.
   */
  private static final class Calls extends HttpClient {
    private final HttpClient http = new HttpURLConnectionClient();

    @Override
    public StripeResponse request(StripeRequest request) throws StripeException {
      var response = http.request(request);
      if (response.code() / 100 != 2) {
        throw new Answered(response.code(), code(response.body()));
      }
      return response;
    }

    private static String code(String body) {
      return StripeObject.parse(body)
          .flatMap(answer -> answer.object("error"))
          .flatMap(error -> error.optionalText("code").or(() -> error.optionalText("type")))
          .filter(code -> CODE.matcher(code).matches())
          .orElse("");
    }
  }

  /** An answer that is no success. */
  private static final class Answered extends StripeException {
    @Serial private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    Answered(int status, String code) {
      super("Stripe answered " + status, null, code, status);
      this.status = status;
      this.code = code;
    }
  }
}
