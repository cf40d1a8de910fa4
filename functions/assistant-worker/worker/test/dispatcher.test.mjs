import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Cloudflare, Model, customer } from "../assistants.mjs";

/** Says what reached it, and tries to hand out more than it should. */
const MIRROR = `export default { async fetch(request) {
  const { method, url, headers, cf } = request;
  const body = await request.text();
  return new Response(JSON.stringify({ method, url, headers: [...headers], cf: Boolean(cf), body }), {
    status: 207,
    headers: { "content-type": "application/json", "set-cookie": "a=b", "x-internal": "yes",
      server: "other", "cache-control": "no-store", allow: "GET" },
  });
} };`;

const BROKEN = `export default { fetch() { throw new Error("MARKED"); } };`;

let model, cloudflare, ada;

before(async () => {
  model = await Model.start();
  ada = customer("ada", model);
  cloudflare = await Cloudflare.start([ada], { others: { mirror: MIRROR, broken: BROKEN } });
});

after(async () => {
  await cloudflare.stop();
  model.close();
});

async function assertProblem(response, status, name) {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const { type, ...others } = await response.json();
  assert.equal(type, `urn:pledge:problem:${name}`);
  assert.deepEqual(Object.keys(others), ["title", "status"]);
}

test("a script that is not there", async () => {
  await assertProblem(await cloudflare.fetch("/nobody/health"), 404, "not-found");
});

test("what is no script's name", async () => {
  for (const path of [
    "/",
    "/ada",
    "//health",
    "/-ada/health",
    "/Ada/health",
    "/%61da/health",
    "/ada%2Fhealth",
    `/${"a".repeat(64)}/health`,
    "/a.b/health",
    "/__proto__/health",
    "/constructor/",
  ]) {
    await assertProblem(await cloudflare.fetch(path), 404, "not-found");
  }
});

test("method, body and the rest of the path are passed on, the query is not", async () => {
  const response = await cloudflare.fetch("/mirror//other/chat?token=x", { method: "POST", body: "hello" });
  assert.equal(response.status, 207);
  const { method, url, body } = await response.json();
  assert.deepEqual({ method, url, body }, { method: "POST", url: "https://assistant.invalid//other/chat", body: "hello" });
});

test("no cookie, no address and nothing of Cloudflare's is passed on", async () => {
  const response = await cloudflare.fetch("/mirror/", {
    headers: {
      accept: "application/json",
      authorization: "Bearer x",
      "cf-connecting-ip": "192.0.2.1",
      "cf-ray": "1",
      cookie: "__Host-session=x",
      forwarded: "for=192.0.2.1",
      origin: "https://example.org",
      referer: "https://example.org/private",
      "true-client-ip": "192.0.2.1",
      "x-forwarded-for": "192.0.2.1",
      "x-real-ip": "192.0.2.1",
      "user-agent": "MARKED",
    },
  });
  const { headers } = await response.json();
  assert.deepEqual(headers, [["accept", "application/json"], ["authorization", "Bearer x"]]);
});

test("nothing is handed back but what an assistant's answer needs", async () => {
  const { headers } = await cloudflare.fetch("/mirror/");
  for (const name of ["set-cookie", "x-internal", "server"]) {
    assert.equal(headers.get(name), null);
  }
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("allow"), "GET");
});

test("a script that breaks down is told generically, and its words are not logged", async () => {
  await assertProblem(await cloudflare.fetch("/broken/chat"), 503, "unavailable");
  assert.match(cloudflare.printed, /not dispatched: Error/);
  assert.doesNotMatch(cloudflare.printed, /not dispatched:.*MARKED/);
});

test("a message goes through, and its reply comes back", async () => {
  const response = await cloudflare.as(ada).chat("one", "hello");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { reply: "You said: hello" });
  assert.equal((await cloudflare.as(ada).wipe()).status, 204);
});

/** What is answered to a head that fetch would not send. */
function send(head) {
  return new Promise((done) => {
    const socket = connect(cloudflare.url.port, "127.0.0.1", () =>
      socket.write(`${head}\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
    );
    let text = "";
    socket.on("data", (data) => (text += data));
    socket.on("close", () => done(text));
  });
}

test("an unknown method", async () => {
  assert.match(await send("TRACE /ada/chat HTTP/1.1"), /^HTTP\/1.1 (405|501) /);
});

test("a GET that says that its body has no bytes", async () => {
  assert.match(await send("GET /ada/health HTTP/1.1\r\ncontent-length: 0"), /^HTTP\/1.1 200 /);
});

test("whoever asks too often is told to wait, and no one else is", async () => {
  const settings = [ada, customer("bob", model)];
  const limited = await Cloudflare.start(settings, { limit: 3 });
  const from = (address, path) => limited.fetch(path, { headers: { "cf-connecting-ip": address } });
  try {
    for (let i = 0; i < 3; i++) {
      assert.equal((await from("192.0.2.1", "/ada/health")).status, 200);
    }
    const refused = await from("192.0.2.1", "/ada/health");
    assert.equal(refused.headers.get("retry-after"), "60");
    await assertProblem(refused, 429, "too-many-requests");
    assert.equal((await from("192.0.2.1", "/bob/health")).status, 200);
    assert.equal((await from("192.0.2.2", "/ada/health")).status, 200);
  } finally {
    await limited.stop();
  }
});
