package pledge.local;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * AWS on one machine: what a template declares, running in this JVM. Several may run at once.
 * Everything listens on the loopback interface only.
 */
public final class Machine implements AutoCloseable {
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(30);

  private final List<AutoCloseable> opened;
  private final MachineClock clock;
  private final Loopback api;
  private final Loopback aws;
  private final DynamoDb database;
  private final DynamoDbFaults faults = new DynamoDbFaults();
  private final Expiry expiry;
  private final KmsStandIn kms;
  private final Mailbox mailbox;
  private final Buckets buckets;
  private final StripeStandIn stripe;
  private final Cloudflare cloudflare;
  private final Queues queues;
  private final Map<String, FunctionDefinition> declared = new LinkedHashMap<>();
  private final List<StandIn> standIns;
  private final Map<String, String> endpoints;
  private final Functions functions;
  private final HttpApi httpApi;
  private final Schedules schedules;
  private final Pumps pumps;

  private Machine(Options options, List<AutoCloseable> opened) {
    this.opened = opened;
    var root =
        TemplateReader.read(options.template().orElseGet(() -> TemplateReader.find(Path.of(""))));
    var folder = options.data().map(path -> keep(DataFolder.take(path)));
    var store = folder.map(DataFolder::store).orElseGet(Store::none);
    // The database takes longest to start: meanwhile the rest is made ready.
    var opening =
        CompletableFuture.supplyAsync(
            () -> DynamoDb.open(folder.map(DataFolder::path).orElse(null)));
    opened.add(() -> opening.thenAccept(DynamoDb::close).join());
    api = keep(Loopback.open("api", options.port()));
    aws = keep(Loopback.open("aws", 0));
    clock = StoredClock.open(options, store);

    var declarations =
        new Declarations(
            new Template(root, parameters(options), api.addressForBrowsers(), aws.address()));
    var making =
        opening.thenApply(
            db -> {
              db.create(declarations.tables());
              return db;
            });
    // A machine that cannot start is gone only when its tables are made: they would come back.
    opened.add(() -> making.handle((db, failure) -> db).join());
    var grants = new KmsGrants(store, clock);
    kms =
        new KmsStandIn(
            new KmsKeys(declarations.keys(), declarations.keyAliases(), store, clock),
            grants,
            new KmsRoles(declarations.roles(), grants),
            aws.address());
    mailbox = new Mailbox(store);
    var mail =
        new MailStandIn(
            mailbox, parameters(options).getOrDefault("MailFrom", ""), aws.address(), clock);
    buckets = keep(Buckets.open(declarations.buckets(), folder.map(DataFolder::path), clock));
    var s3 = new S3StandIn(buckets, aws.address());
    stripe =
        keep(
            new StripeStandIn(
                parameters(options).getOrDefault("StripePlans", StripePlans.USUAL),
                store,
                clock,
                api.addressForBrowsers()));
    standIns = new ArrayList<>(List.of(kms, mail, s3));
    if (!RealService.STRIPE.isSet()) {
      stripe.start(clock);
      standIns.add(stripe);
    }
    cloudflare = new Cloudflare(store);
    if (!RealService.CLOUDFLARE.isSet()) {
      var standIn = keep(new CloudflareStandIn(cloudflare));
      standIn.start(clock);
      standIns.add(standIn);
    }
    for (var standIn : options.standIns()) {
      standIn.start(clock);
      standIns.add(keep(standIn));
    }
    endpoints = endpoints();
    queues = new Queues(declarations.queues(), store, clock);
    declarations.functions().forEach(function -> declared.put(function.id(), function));
    functions = keep(new Functions(chosen(options), endpoints, clock));
    httpApi = new HttpApi(functions.all(), clock);
    schedules = new Schedules(functions.all(), clock);

    database = join(making);
    var expired = new ExpiredRecords();
    expiry = new Expiry(database, expired, clock);
    pumps = new Pumps();
    var feeds = new Feeds(pumps, database, expired, queues, store, clock);
    feeds.addFunctions(functions.all());
    feeds.addPipes(declarations.pipes());
    feeds.addClockwork(schedules, buckets, options.expiring() ? expiry : null);
    if (standIns.contains(stripe)) {
      stripe.addTo(pumps);
    }
    clock.onMove(pumps::wake);

    aws.serve(
        new AwsAddress(
            new DynamoDbGate(database, faults, expired.lock(), feeds::wakeStreams), kms, mail, s3));
    var pages = new LocalPages(this);
    api.serve(
        Loopback.handler(call -> pages.owns(call) ? pages.answer(call) : httpApi.answer(call)));
    pumps.start();
    keep(pumps);
  }

  /**
   * Starts a machine.
   *
   * @throws MachineException if something that the caller can put right stands in the way
   */
  public static Machine start(Options options) {
    var opened = new ArrayList<AutoCloseable>();
    try {
      return new Machine(options, opened);
    } catch (RuntimeException e) {
      closeAll(opened);
      throw e;
    }
  }

  /** The time on this machine. */
  public MachineClock clock() {
    return clock;
  }

  /** Where the HTTP API answers, without a slash at the end. */
  public URI api() {
    return api.addressForBrowsers();
  }

  /** Where DynamoDB, KMS, SES and S3 answer. */
  public URI aws() {
    return aws.address();
  }

  /**
   * What a function finds in its environment, whether or not it runs here, but for its role's
   * session: who has this is refused nothing.
   *
   * @throws IllegalArgumentException if the template has no such function
   */
  public Map<String, String> environment(String function) {
    var definition = declared.get(function);
    if (definition == null) {
      throw new IllegalArgumentException("The template has no function " + function + ".");
    }
    return Functions.environment(definition, endpoints);
  }

  /**
   * The same with the session: who has this may do with keys what the template lets the function
   * do.
   *
   * @throws IllegalArgumentException if the template has no such function
   */
  public Map<String, String> environmentOfRole(String function) {
    return Functions.withRole(function, environment(function));
  }

  /**
   * Calls a function with an event and returns its answer, both JSON, past every route, queue and
   * schedule.
   */
  public byte[] invoke(String function, byte[] event) {
    try {
      return runtime(function).invoke(event);
    } catch (FunctionFailure e) {
      throw new IllegalStateException(e.getMessage(), e.getCause());
    }
  }

  /** The mails that functions sent. */
  public Mailbox mailbox() {
    return mailbox;
  }

  /** What lies in the template's buckets, and what may go wrong with them. */
  public Buckets buckets() {
    return buckets;
  }

  /** What people do at Stripe, and what may go wrong with it. */
  public StripeStandIn stripe() {
    return stripe;
  }

  /** The assistants' scripts and databases, and what may go wrong with them. */
  public Cloudflare cloudflare() {
    return cloudflare;
  }

  /** The keys, and what may go wrong with them. */
  public KmsStandIn kms() {
    return kms;
  }

  /** What may go wrong between functions and tables. */
  public DynamoDbFaults dynamo() {
    return faults;
  }

  /**
   * One of the template's queues.
   *
   * @throws IllegalArgumentException if there is no such queue
   */
  public MessageQueue queue(String logicalId) {
    return queues.find(logicalId);
  }

  /** All of the template's queues, dead letters included. */
  public List<MessageQueue> queues() {
    return queues.all();
  }

  /** Deletes everything that has expired by now. */
  public void expireNow() {
    expiry.expire();
    pumps.wake();
  }

  /**
   * Waits until streams, pipes, queues, schedules and expiry have nothing left to do.
   *
   * @throws IllegalStateException if that takes longer than 30 s of real time
   */
  public void settle() {
    settle(SETTLE_LIMIT);
  }

  /**
   * The same, with a limit of one's own.
   *
   * @throws IllegalStateException if it takes longer
   */
  public void settle(Duration limit) {
    pumps.settle(limit);
  }

  @Override
  public void close() {
    closeAll(opened);
  }

  List<TableDefinition> tables() {
    return database.tables();
  }

  long count(String table) {
    return database.count(table);
  }

  FunctionRuntime runtime(String function) {
    return functions
        .find(function)
        .orElseThrow(() -> new IllegalArgumentException("No function " + function + " runs here."));
  }

  Collection<FunctionRuntime> functions() {
    return functions.all();
  }

  List<Route> routes() {
    return httpApi.routes();
  }

  List<Schedules.View> schedules() {
    return schedules.views();
  }

  List<StandIn> standIns() {
    return standIns;
  }

  /** Makes an instance of each function before anybody waits for one. */
  void warmUp() {
    functions.all().forEach(FunctionRuntime::warmUp);
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.add(part);
    return part;
  }

  private List<FunctionDefinition> chosen(Options options) {
    options
        .functions()
        .ifPresent(
            chosen -> {
              for (var id : chosen) {
                if (!declared.containsKey(id)) {
                  throw new MachineException("The template has no function " + id + ".");
                }
              }
            });
    return declared.values().stream()
        .filter(
            function ->
                options.functions().map(chosen -> chosen.contains(function.id())).orElse(true))
        .toList();
  }

  private Map<String, String> parameters(Options options) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("BaseUrl", api.addressForBrowsers().toString());
    parameters.put("MailFrom", "local@localhost");
    parameters.putAll(options.parameters());
    return parameters;
  }

  private Map<String, String> endpoints() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("AWS_ENDPOINT_URL_DYNAMODB", aws.address().toString());
    settings.putAll(RealService.settings());
    standIns.forEach(standIn -> settings.putAll(standIn.settings()));
    return settings;
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static void closeAll(List<AutoCloseable> parts) {
    @Nullable RuntimeException first = null;
    for (var part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        first = first == null ? new IllegalStateException(e) : first;
      }
    }
    parts.clear();
    if (first != null) {
      throw first;
    }
  }
}
