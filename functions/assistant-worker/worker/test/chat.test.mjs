import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { Cloudflare, Model, customer } from "../assistants.mjs";

let model, settings, cloudflare, ada, hasty, suspended;

before(async () => {
  model = await Model.start();
  settings = customer("ada", model);
  const all = [
    settings,
    customer("hasty", model, { MODEL_PATIENCE: "300" }),
    customer("suspended", model, { SUSPENDED: "yes" }),
    customer("unfinished", model, { MODEL_URL: "" }),
  ];
  cloudflare = await Cloudflare.start(all);
  [ada, hasty, suspended] = all.map((one) => cloudflare.as(one));
});

after(async () => {
  await cloudflare.stop();
  model.close();
});

beforeEach(async () => {
  model.heard = [];
  model.answer = (said, response) => model.reply(response, `You said: ${said.messages.at(-1).content}`);
  assert.equal((await ada.wipe()).status, 204);
});

async function assertProblem(response, status, name) {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const problem = await response.json();
  assert.equal(problem.type, `urn:pledge:problem:${name}`);
  assert.equal(problem.status, status);
  return problem;
}

test("health needs no token", async () => {
  const response = await cloudflare.fetch("/ada/health");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await response.json(), { status: "ok" });
});

test("a script that lacks a binding says so by its health", async () => {
  await assertProblem(await cloudflare.fetch("/unfinished/health"), 500, "unexpected");
});

test("a message is answered with what the model replied", async () => {
  const response = await ada.chat("one", "Good morning");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await response.json(), { reply: "You said: Good morning" });
});

test("the model is reminded of this conversation, in its order, and of no other", async () => {
  await ada.chat("one", "first");
  await ada.chat("two", "elsewhere");
  await ada.chat("one", "second");
  await ada.chat("one", "third");
  assert.deepEqual(model.said().at(-1).messages, [
    { role: "user", content: "first" },
    { role: "assistant", content: "You said: first" },
    { role: "user", content: "second" },
    { role: "assistant", content: "You said: second" },
    { role: "user", content: "third" },
  ]);
});

test("no-training, no-sale: the model gets the conversation and the settings, and nothing else", async () => {
  await ada.chat("private-name", "Good morning");
  const [{ method, url, headers, body }] = model.heard;
  assert.equal(method, "POST");
  assert.equal(url, "/answers");
  assert.deepEqual(JSON.parse(body), {
    messages: [{ role: "user", content: "Good morning" }],
    configuration: { name: "Assistant of ada", language: "en" },
  });
  const { host, connection, "content-length": length, "transfer-encoding": coding, ...others } = headers;
  assert.deepEqual(others, { accept: "application/json", "content-type": "application/json" });
  assert.doesNotMatch(JSON.stringify(headers) + body, /token-of|secret-of|private-name|"ada"/);
});

test("the model is reminded of twenty turns", async () => {
  for (let turn = 1; turn <= 22; turn++) {
    await ada.chat("one", `turn ${turn}`);
  }
  const { messages } = model.said().at(-1);
  assert.equal(messages.length, 41);
  assert.equal(messages[0].content, "turn 2");
});

test("the model is reminded of as many turns as 48 KiB hold", async () => {
  model.answer = (_, response) => model.reply(response, "x".repeat(16 * 1024));
  for (let turn = 1; turn <= 4; turn++) {
    await ada.chat("one", "y".repeat(8 * 1024));
  }
  assert.equal(model.said().at(-1).messages.length, 5);
});

// ── Refusals ────────────────────────────────────────────────────────────────────────────────────

test("a missing token and a wrong one are told alike", async () => {
  const token = settings.TOKEN;
  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    token,
    `Basic ${token}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token}0`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token} ${token}`,
  ];
  const answers = new Set();
  for (const [method, path] of [["POST", "/chat"], ["GET", "/export"], ["POST", "/wipe"]]) {
    for (const authorization of wrong) {
      const response = await cloudflare.fetch(`/ada${path}`, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      answers.add(JSON.stringify(await assertProblem(response, 401, "wrong-token")));
    }
  }
  assert.equal(answers.size, 1);
});

test("the scheme's case does not matter (RFC 9110 §11.1)", async () => {
  const headers = { authorization: `bearer ${settings.TOKEN}` };
  assert.equal((await cloudflare.fetch("/ada/export", { headers })).status, 200);
});

test("an unknown route", async () => {
  for (const path of ["/", "/chats", "/chat/", "/constructor", "/__proto__", "//chat", "/%63hat"]) {
    await assertProblem(await ada.ask(path), 404, "not-found");
  }
});

test("a method that the route does not have", async () => {
  for (const [path, allowed, method] of [
    ["/health", "GET", "POST"],
    ["/chat", "POST", "GET"],
    ["/export", "GET", "DELETE"],
    ["/wipe", "POST", "PUT"],
  ]) {
    const response = await ada.ask(path, { method });
    assert.equal(response.headers.get("allow"), allowed);
    await assertProblem(response, 405, "method-not-allowed");
  }
  assert.equal((await ada.ask("/health", { method: "HEAD" })).status, 405);
});

const post = (body, type = "application/json") =>
  ada.ask("/chat", { method: "POST", body, headers: type ? { "content-type": type } : {} });

test("a body of another type", async () => {
  const body = new TextEncoder().encode('{"conversation": "one", "message": "hello"}');
  for (const type of [null, "text/plain", "application/json5", "multipart/form-data"]) {
    await assertProblem(await post(body, type), 415, "not-json");
  }
  assert.equal((await post(body, "Application/JSON; charset=utf-8")).status, 200);
});

test("a body that is no JSON object", async () => {
  const half = Uint8Array.of(...new TextEncoder().encode('{"conversation":"one","message":"'), 0xc3, 0x22, 0x7d);
  for (const body of ["", "{", "null", "[]", "3", '"text"', '{"a":1}x', half]) {
    await assertProblem(await post(body), 400, "malformed-json");
  }
});

test("fields that are not as they must be", async () => {
  for (const [fields, pointer] of [
    [{ message: "hello" }, "#/conversation"],
    [{ conversation: "", message: "hello" }, "#/conversation"],
    [{ conversation: "a".repeat(65), message: "hello" }, "#/conversation"],
    [{ conversation: "a b", message: "hello" }, "#/conversation"],
    [{ conversation: "one\n", message: "hello" }, "#/conversation"],
    [{ conversation: 1, message: "hello" }, "#/conversation"],
    [{ conversation: "one" }, "#/message"],
    [{ conversation: "one", message: "" }, "#/message"],
    [{ conversation: "one", message: ["hello"] }, "#/message"],
    [{ conversation: "one", message: "\ud800" }, "#/message"],
    [{ conversation: "one", message: "hello", role: "system" }, "#"],
  ]) {
    const { errors } = await assertProblem(await post(JSON.stringify(fields)), 422, "invalid-fields");
    assert.deepEqual(errors.map((error) => error.pointer), [pointer]);
  }
  assert.equal(model.heard.length, 0);
});

test("a message of 16 KiB is taken, one byte more is not", async () => {
  const sized = (message) => JSON.stringify({ conversation: "a".repeat(64), message });
  assert.equal((await post(sized("é".repeat(8 * 1024)))).status, 200);
  await assertProblem(await post(sized(`${"é".repeat(8 * 1024)}x`)), 413, "too-large");
  // Escaped it is six times as long.
  const escaped = sized("x".repeat(16 * 1024)).replaceAll("x", "\\u0078");
  assert.equal((await post(escaped)).status, 200);
});

test("a body that is too large is not read to its end", async () => {
  await assertProblem(await post(" ".repeat(6 * 16 * 1024 + 1025)), 413, "too-large");
  const answer = await new Promise((done) => {
    let timer;
    const socket = connect(cloudflare.url.port, "127.0.0.1", () => {
      socket.write(
        `POST /ada/chat HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
          `authorization: Bearer ${settings.TOKEN}\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      // It never ends by itself.
      timer = setInterval(() => socket.write(`1000\r\n${" ".repeat(4096)}\r\n`), 5);
    });
    socket.once("data", (data) => {
      done(data.toString());
      socket.destroy();
    });
    socket.on("error", () => done("broken off"));
    socket.on("close", () => clearInterval(timer));
  });
  // What is on its way when the connection is closed can cost the sender the answer.
  assert.match(answer, /^HTTP\/1.1 413 |^broken off$/);
});

// ── A model that fails ──────────────────────────────────────────────────────────────────────────

const failures = {
  "an error": (response) => response.writeHead(500).end("{}"),
  "too many requests": (response) => response.writeHead(429).end('{"reply":"no"}'),
  "no JSON": (response) => response.end("<html>"),
  "no object": (response) => response.end("null"),
  "no reply": (response) => response.end('{"text":"hello"}'),
  "an empty reply": (response) => response.end('{"reply":""}'),
  "a reply that is no text": (response) => response.end('{"reply":{"toString":"x"}}'),
  "half a character": (response) => response.end('{"reply":"\\ud800"}'),
  "too long a reply": (response) => response.end(JSON.stringify({ reply: "x".repeat(32 * 1024 + 1) })),
  "an endless reply": (response) => endless(response, "x".repeat(64 * 1024), 1),
  "another address": (response) => response.writeHead(307, { location: model.url }).end(),
  "a broken connection": (response) => response.destroy(),
  "half an answer": (response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"reply":');
    setTimeout(() => response.destroy(), 20);
  },
};

function endless(response, part, wait) {
  const timer = setInterval(() => response.write(part), wait);
  response.on("close", () => clearInterval(timer));
}

for (const [what, answer] of Object.entries(failures)) {
  test(`a model that answers with ${what}: nothing is kept`, async () => {
    model.answer = (_, response) => answer(response);
    await assertProblem(await ada.chat("one", "hello"), 502, "model-failed");
    assert.equal(model.heard.length, 1);
    assert.deepEqual(await ada.export(), []);
  });
}

for (const [what, answer] of Object.entries({
  "does not answer": () => {},
  "never comes to its end": (response) => {
    response.writeHead(200);
    endless(response, " ", 20);
  },
})) {
  test(`a model that ${what}: nothing is kept`, async () => {
    let gone;
    const closed = new Promise((done) => (gone = done));
    model.answer = (_, response) => {
      response.on("close", gone);
      answer(response);
    };
    await assertProblem(await hasty.chat("one", "hello"), 504, "model-too-slow");
    assert.deepEqual(await hasty.export(), []);
    await closed;
  });
}

test("after a failure the conversation goes on, and the failed message is not in it", async () => {
  await ada.chat("one", "first");
  model.answer = (_, response) => response.destroy();
  await ada.chat("one", "lost");
  model.answer = (_, response) => model.reply(response, "back");
  await ada.chat("one", "second");
  const texts = (await ada.export()).map(({ text }) => text);
  assert.deepEqual(texts, ["first", "You said: first", "second", "back"]);
});

test("a model that is not there", async () => {
  const closed = await Model.start();
  closed.close();
  const settings = customer("alone", closed);
  const other = await Cloudflare.start([settings]);
  try {
    await assertProblem(await other.as(settings).chat("one", "hello"), 502, "model-failed");
  } finally {
    await other.stop();
  }
});

// ── At the same time ────────────────────────────────────────────────────────────────────────────

test("thirty messages of one conversation at once: each is kept once, beside its reply", async () => {
  model.answer = (said, response) =>
    setTimeout(() => model.reply(response, `re ${said.messages.at(-1).content}`), 40 * Math.random());
  const messages = Array.from({ length: 30 }, (_, i) => `message ${i}`);
  const answers = await Promise.all(messages.map((message) => ada.chat("one", message)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const lines = await ada.export();
  assert.deepEqual(
    new Set(lines.filter(({ role }) => role === "user").map(({ text }) => text)),
    new Set(messages),
  );
  assert.equal(lines.length, 60);
  for (let i = 0; i < lines.length; i += 2) {
    assert.equal(lines[i + 1].text, `re ${lines[i].text}`);
  }
});

test("a reply that comes after a wipe is not kept", async () => {
  let answered;
  const heard = new Promise((done) => {
    model.answer = (_, response) => {
      answered = () => model.reply(response, "too late");
      done();
    };
  });
  const late = ada.chat("one", "before the wipe");
  await heard;
  assert.equal((await ada.wipe()).status, 204);
  model.answer = (_, response) => model.reply(response, "in time");
  // The same conversation, begun anew: the late turn is none of it.
  assert.equal((await ada.chat("one", "after the wipe")).status, 200);
  answered();
  await assertProblem(await late, 409, "wiped-meanwhile");
  assert.deepEqual((await ada.export()).map(({ text }) => text), ["after the wipe", "in time"]);
});

// ── Suspended ───────────────────────────────────────────────────────────────────────────────────

test("a suspended assistant says so, asks no model, and still hands out and deletes", async () => {
  assert.deepEqual(await (await suspended.health()).json(), { status: "suspended" });
  await assertProblem(await suspended.chat("one", "hello"), 403, "assistant-suspended");
  assert.equal(model.heard.length, 0);
  assert.deepEqual(await suspended.export(), []);
  assert.equal((await suspended.wipe()).status, 204);
});

test("a suspended assistant asks for its token first", async () => {
  await assertProblem(await cloudflare.fetch("/suspended/chat", { method: "POST" }), 401, "wrong-token");
});
