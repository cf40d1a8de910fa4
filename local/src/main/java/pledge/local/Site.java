package pledge.local;

/** What answers HTTP requests on one address. */
@FunctionalInterface
interface Site {
  Answer answer(Call call);
}
