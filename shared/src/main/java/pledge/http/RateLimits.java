package pledge.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import pledge.store.Backend;
import pledge.store.LeasedThrottle;
import pledge.store.Throttle;
import pledge.store.Throttle.Limit;
import pledge.store.Throttle.Taken;
import pledge.vault.Secrets;
import pledge.vault.Token;
import pledge.vault.Vault;

/**
 * Holds routes to a rate per network address, and answers with the {@code RateLimit} headers of
 * draft-ietf-httpapi-ratelimit-headers-10. The address is the gateway's, which no header can
 * change, and is stored as a keyed hash.
 */
public final class RateLimits {
  private final Throttle throttle;
  private final LeasedThrottle leased;
  private final Vault vault;

  public RateLimits(Backend backend, InstantSource clock) {
    throttle = backend.throttle();
    leased = new LeasedThrottle(throttle, clock);
    vault = backend.vault();
  }

  /** Answers with what {@code route} answers, or 429. */
  public Response limit(Request request, Limit limit, Function<Request, Response> route) {
    return limit(source(request.sourceAddress()), limit, () -> route.apply(request));
  }

  /**
   * Answers with what {@code route} answers, or 429.
   *
   * @param who whose bucket it is: an address, a person; hashed here
   */
  public Response limit(String who, Limit limit, Supplier<Response> route) {
    return answer(take(who, limit), route);
  }

  /**
   * As {@link #limit}, and says nothing of the bucket while there is something in it: others draw
   * from it too.
   */
  public Response limitUnseen(String who, Limit limit, Supplier<Response> route) {
    return take(who, limit) instanceof Taken.Denied denied ? denied(denied) : route.get();
  }

  /**
   * As {@link #limit}, for a caller who comes often: needs no key, and most of its requests write
   * nothing.
   *
   * @param token stored as a hash that is stored nowhere else, so that it leads to nobody
   */
  Response limitOften(Token token, Limit limit, Supplier<Response> route) {
    return answer(leased.take(token.text(), limit), route);
  }

  private Taken take(String who, Limit limit) {
    return throttle.take(vault.blindIndex("rate", who), limit, 1);
  }

  /** 429: whose bucket is empty, and when to come back. */
  public static Response denied(Taken.Denied denied) {
    return withHeaders(Response.problem(Problem.TOO_MANY_REQUESTS, denied.retryAfter()), denied);
  }

  private static Response answer(Taken taken, Supplier<Response> route) {
    return taken instanceof Taken.Denied denied
        ? denied(denied)
        : withHeaders(orProblem(route), taken);
  }

  /** A problem tells how much is left as well. */
  private static Response orProblem(Supplier<Response> route) {
    try {
      return route.get();
    } catch (ProblemException e) {
      return e.response();
    }
  }

  private static Response withHeaders(Response response, Taken taken) {
    var limit = taken.limit();
    var state = "r=" + taken.remaining() + ";t=" + Math.ceilDiv(taken.until().toMillis(), 1_000L);
    // Of two buckets the inner one is the narrower, and has spoken already.
    return response
        .headerIfAbsent(
            "ratelimit-policy",
            "\"" + limit.name() + "\";q=" + limit.quota() + ";w=" + limit.window().toSeconds())
        .headerIfAbsent("ratelimit", "\"" + limit.name() + "\";" + state);
  }

  /**
   * What one provider is given, about: the first 16 bits of an IPv4 address, or 32 of an IPv6
   * address. Who has one network of it may have many; another provider's are hard to come by.
   */
  public static String provider(String address) {
    try {
      var bytes = InetAddress.ofLiteral(address).getAddress();
      return Secrets.text(Arrays.copyOf(bytes, bytes.length == 4 ? 2 : 4));
    } catch (IllegalArgumentException e) {
      return address;
    }
  }

  /**
   * One household or machine: an IPv4 address, or the 64 bits of an IPv6 network that one customer
   * is given.
   */
  public static String source(String address) {
    try {
      // A literal is not looked up.
      var parsed = InetAddress.ofLiteral(address);
      return parsed instanceof Inet6Address
          ? Secrets.text(Arrays.copyOf(parsed.getAddress(), 8))
          : parsed.getHostAddress();
    } catch (IllegalArgumentException e) {
      return address;
    }
  }
}
