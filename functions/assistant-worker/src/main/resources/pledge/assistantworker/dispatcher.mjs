/**
 * The one script that the world reaches: `/<script>/<route>` goes to that customer's assistant, which
 * asks for its own token. It keeps nothing, logs nothing that was sent, and knows no secret.
 *
 * Bindings: DISPATCHER, the namespace of the assistants; LIMIT, a rate limit by key, which is counted
 * for each client of each assistant, so that no stranger uses up its owner's.
 */

/** Names as Cloudflare takes them, which need no escaping. */
const PATH = /^\/([a-z0-9][a-z0-9_-]{0,62})(\/.*)$/;

/** Whatever else comes or goes stays here: cookies, addresses, what Cloudflare adds for itself. */
const PASSED_ON = ["accept", "authorization", "content-type"];
const HANDED_BACK = ["allow", "cache-control", "content-type", "www-authenticate"];

export default {
  async fetch(request, { DISPATCHER, LIMIT }) {
    const [, script, path] = PATH.exec(new URL(request.url).pathname) ?? [];
    if (!script) {
      return problem(404, "not-found", "There is nothing here");
    }
    const client = request.headers.get("cf-connecting-ip");
    if (!(await LIMIT.limit({ key: `${script} ${client}` })).success) {
      return problem(429, "too-many-requests", "Too many requests", { "retry-after": "60" });
    }
    const { method } = request;
    // Some clients say that their GET has a body of no bytes; a request that is made here may not.
    const body = method === "GET" || method === "HEAD" ? null : request.body;
    const url = new URL("https://assistant.invalid");
    url.pathname = path;
    const headers = only(PASSED_ON, request.headers);
    try {
      const answer = await DISPATCHER.get(script).fetch(
        new Request(url, { method, headers, body, redirect: "manual" }),
      );
      return new Response(answer.body, {
        status: answer.status,
        headers: only(HANDED_BACK, answer.headers),
      });
    } catch (error) {
      // The one sign that Cloudflare gives of a name that nobody has.
      if (error?.message?.startsWith("Worker not found")) {
        return problem(404, "not-found", "There is nothing here");
      }
      console.error(`not dispatched: ${error?.name}`);
      return problem(503, "unavailable", "The assistant cannot answer just now");
    }
  },
};

function only(names, headers) {
  return names.filter((name) => headers.has(name)).map((name) => [name, headers.get(name)]);
}

function problem(status, name, title, headers = {}) {
  return new Response(JSON.stringify({ type: `urn:pledge:problem:${name}`, title, status }), {
    status,
    headers: {
      ...headers,
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    },
  });
}
