/**
 * One customer's assistant, uploaded to Cloudflare as it stands here: a script of its own, with a
 * database (D1), a token and a secret of its own.
 *
 *   GET  /health  200 {"status": "ok" | "suspended"}; the only one that asks for no token
 *   POST /chat    {"conversation", "message"} → 200 {"reply"}
 *   GET  /export  200 application/x-ndjson, {"conversation", "at", "role", "text"} a line, and as the
 *                 last line {"complete": true, "messages"}: without it something is missing
 *   POST /wipe    204, and nothing is left
 *
 * The token comes as `Authorization: Bearer …`. Errors are problem details (RFC 9457). No answer may
 * be cached, and nothing that somebody wrote is logged.
 *
 * The model is sent the conversation and the configuration, as {"messages": [{"role", "content"}],
 * "configuration"}, and answers {"reply"}; we tell it neither who asks nor from which script. (Cloudflare
 * adds a header CF-Worker to what leaves it: the name of the zone, which all assistants share.)
 */

/** Bindings without which nothing is answered. CONFIGURATION is a JSON object, as text. */
const REQUIRED = ["CONFIGURATION", "DB", "MODEL_URL", "SCRIPT", "SECRET", "TOKEN"];
/** SUSPENDED is "yes" or missing; MODEL_PATIENCE is in milliseconds. */
const OPTIONAL = { SUSPENDED: "no", MODEL_PATIENCE: "60000" };

const MESSAGE_BYTES = 16 * 1024;
/** A character that JSON escapes takes up to six times its size. */
const BODY_BYTES = 6 * MESSAGE_BYTES + 1024;
const REPLY_BYTES = 32 * 1024;

/** What the model is reminded of: so many of the last turns, as far as they fit into so much. */
const REMEMBERED_TURNS = 20;
const REMEMBERED_BYTES = 48 * 1024;

/** Turns that are in memory at once. D1 takes 1,000 queries a request: 50,000 turns an export. */
const PAGE = 50;

const PROBLEMS = {
  "malformed-json": [400, "The body is not a JSON object"],
  "wrong-token": [401, "That token did not work"],
  "assistant-suspended": [403, "The assistant is suspended"],
  "not-found": [404, "There is nothing here"],
  "method-not-allowed": [405, "That method does not work here"],
  "wiped-meanwhile": [409, "All conversations were deleted meanwhile"],
  "too-large": [413, "That is too large"],
  "not-json": [415, "The body must be application/json"],
  "invalid-fields": [422, "Some fields are not valid"],
  unexpected: [500, "The assistant cannot answer"],
  "model-failed": [502, "The model did not answer as it should"],
  "model-too-slow": [504, "The model did not answer in time"],
};

const ROUTES = {
  "/health": { method: "GET", open: true, answer: health },
  "/chat": { method: "POST", answer: chat },
  "/export": { method: "GET", answer: exportAll },
  "/wipe": { method: "POST", answer: wipe },
};

export default {
  async fetch(request, env) {
    try {
      return await route(request, settings(env));
    } catch (error) {
      if (error instanceof Problem) {
        return error.response();
      }
      // Its kind only: a message may quote what somebody wrote.
      console.error(`not answered: ${error?.name}`);
      return new Problem("unexpected").response();
    }
  },
};

/** A wrong setting fails on every route, /health included: who deploys it sees that at once. */
function settings(env) {
  if (REQUIRED.some((name) => !env[name])) {
    throw new Error("a binding is missing");
  }
  const all = { ...OPTIONAL, ...env };
  return { ...all, configuration: JSON.parse(all.CONFIGURATION) };
}

async function route(request, settings) {
  const route = ROUTES[new URL(request.url).pathname];
  if (!route) {
    throw new Problem("not-found");
  }
  if (request.method !== route.method) {
    throw new Problem("method-not-allowed", {}, { allow: route.method });
  }
  if (!route.open && !(await isAllowed(request, settings))) {
    throw new Problem("wrong-token", {}, { "www-authenticate": "Bearer" });
  }
  return route.answer(request, settings);
}

async function isAllowed(request, { TOKEN }) {
  const [, given = ""] = /^bearer +(\S+)$/i.exec(request.headers.get("authorization")) ?? [];
  // Hashes are of one length, as the comparison needs; the token's length is not told by it.
  const [left, right] = await Promise.all(
    [given, TOKEN].map((token) => crypto.subtle.digest("SHA-256", utf8(token))),
  );
  return crypto.subtle.timingSafeEqual(left, right);
}

function isSuspended({ SUSPENDED }) {
  return SUSPENDED === "yes";
}

// ── Routes ──────────────────────────────────────────────────────────────────────────────────────

function health(_, settings) {
  return Response.json({ status: isSuspended(settings) ? "suspended" : "ok" }, { headers: KEPT_OUT });
}

/**
 * A turn, the message and its reply, is kept as one row once there is both: where the model fails,
 * nothing is, and whoever sends the message again does not find it twice.
 */
async function chat(request, settings) {
  if (isSuspended(settings)) {
    throw new Problem("assistant-suspended");
  }
  const { conversation, message } = await chatBody(request);
  const history = await History.of(settings);
  const at = new Date().toISOString();
  const place = await history.begin(conversation);
  const remembered = await history.last(place);
  const messages = [...remembered, { role: "user", content: message }];
  const reply = await ask(settings, messages);
  const turn = { conversation, at, message, repliedAt: new Date().toISOString(), reply };
  if (!(await history.keep(place, turn))) {
    throw new Problem("wiped-meanwhile");
  }
  return Response.json({ reply }, { headers: KEPT_OUT });
}

/**
 * A row that does not open is a line too, of its place in the table instead of its content: what is
 * damaged is not passed over in silence. The last line tells the whole from what broke down half way:
 * the runtime ends both in the same way.
 */
async function exportAll(_, settings) {
  const history = await History.of(settings);
  const pages = history.pages();
  let messages = 0;
  const lines = new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pages.next();
        const page = done ? [{ complete: true, messages }] : value.flatMap(linesOf);
        messages += page.length;
        controller.enqueue(utf8(page.map((line) => `${JSON.stringify(line)}\n`).join("")));
        if (done) {
          controller.close();
        }
      },
    },
    // Nothing is fetched before it is asked for.
    { highWaterMark: 0 },
  );
  return new Response(lines, { headers: { ...KEPT_OUT, "content-type": "application/x-ndjson" } });
}

function linesOf({ place, turn }) {
  if (!turn) {
    const unreadable = `${place.name}/${place.sequence}`;
    return [{ conversation: null, at: null, role: null, text: null, unreadable }];
  }
  const { conversation, at, message, repliedAt, reply } = turn;
  return [
    { conversation, at, role: "user", text: message },
    { conversation, at: repliedAt, role: "assistant", text: reply },
  ];
}

async function wipe(_, settings) {
  const history = await History.of(settings);
  await history.wipe();
  return new Response(null, { status: 204, headers: KEPT_OUT });
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────

async function chatBody(request) {
  const [type] = (request.headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new Problem("not-json");
  }
  const bytes = await read(request.body, BODY_BYTES);
  if (!bytes) {
    throw new Problem("too-large");
  }
  const body = jsonObject(bytes);
  if (!body) {
    throw new Problem("malformed-json");
  }
  const { conversation, message, ...others } = body;
  const errors = [];
  if (typeof conversation !== "string" || !/^[\w-]{1,64}$/.test(conversation)) {
    errors.push({ pointer: "#/conversation", detail: "is 1 to 64 of A-Z a-z 0-9 _ -" });
  }
  if (!isText(message)) {
    errors.push({ pointer: "#/message", detail: "is a text that is not empty" });
  }
  if (Object.keys(others).length > 0) {
    errors.push({ pointer: "#", detail: "has a field that is not asked for" });
  }
  if (errors.length > 0) {
    throw new Problem("invalid-fields", { errors });
  }
  if (utf8(message).length > MESSAGE_BYTES) {
    throw new Problem("too-large");
  }
  return { conversation, message };
}

/** Everything that comes, or null where that is more: then the rest is not waited for. */
async function read(stream, most) {
  const parts = [];
  let size = 0;
  for await (const part of stream ?? []) {
    size += part.length;
    if (size > most) {
      return null;
    }
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** A JSON object, or null for whatever else these bytes are. */
function jsonObject(bytes) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      return null;
    }
    throw error;
  }
}

/** Half of a surrogate pair is no character: UTF-8 has no bytes for it. */
function isText(value) {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

// ── The model ───────────────────────────────────────────────────────────────────────────────────

async function ask({ MODEL_URL, MODEL_PATIENCE, configuration }, messages) {
  const body = JSON.stringify({ messages, configuration });
  const giveUp = new AbortController();
  let late;
  const tooSlow = new Promise((_, reject) => {
    late = setTimeout(() => {
      reject(new Problem("model-too-slow"));
      giveUp.abort();
    }, Number(MODEL_PATIENCE));
  });
  try {
    const { reply } = (await Promise.race([send(MODEL_URL, body, giveUp.signal), tooSlow])) ?? {};
    if (!isText(reply) || utf8(reply).length > REPLY_BYTES) {
      throw new Problem("model-failed");
    }
    return reply;
  } finally {
    clearTimeout(late);
  }
}

/** The whole exchange, so that an answer that never ends is not waited for either. */
async function send(url, body, signal) {
  try {
    const headers = { accept: "application/json", "content-type": "application/json" };
    // A conversation goes where we send it, not where that sends it on to.
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Problem("model-failed");
    }
    const bytes = await read(response.body, 6 * REPLY_BYTES + 1024);
    return bytes && jsonObject(bytes);
  } catch (error) {
    // No connection, or one that broke: what fetch throws for it has no type of its own.
    throw error instanceof Problem ? error : new Problem("model-failed");
  }
}

// ── The history ─────────────────────────────────────────────────────────────────────────────────

/** In this isolate, which serves one script: they are never dropped. */
let tablesAreThere = false;

/**
 * Turns, sealed with AES-256-GCM under a key that the customer's secret leads to and nothing else.
 * Script, conversation and number are authenticated with each, so that a row opens in its own place
 * only. A conversation stands under a keyed hash: its id may say something, too.
 */
class History {
  static async of({ DB, SCRIPT, SECRET }) {
    if (!tablesAreThere) {
      await DB.batch([
        // A conversation that is begun anew after a wipe is born anew as well.
        DB.prepare(
          `CREATE TABLE IF NOT EXISTS conversation
             (name TEXT PRIMARY KEY, born TEXT NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID`,
        ),
        DB.prepare(
          `CREATE TABLE IF NOT EXISTS turn (conversation TEXT NOT NULL, sequence INTEGER NOT NULL,
             sealed TEXT NOT NULL, PRIMARY KEY (conversation, sequence)) WITHOUT ROWID`,
        ),
      ]);
      tablesAreThere = true;
    }
    const secret = await crypto.subtle.importKey("raw", utf8(SECRET), "HKDF", false, ["deriveKey"]);
    const derive = (info, algorithm, uses) =>
      crypto.subtle.deriveKey(
        { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) },
        secret,
        algorithm,
        false,
        uses,
      );
    const [sealing, naming] = await Promise.all([
      derive("pledge assistant: turns", { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]),
      derive("pledge assistant: names", { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"]),
    ]);
    return new History(DB, SCRIPT, sealing, naming);
  }

  constructor(db, script, sealing, naming) {
    this.db = db;
    this.script = script;
    this.sealing = sealing;
    this.naming = naming;
  }

  /**
   * The next turn's place, which no other gets: one statement counts and tells. Where the turn then
   * does not come about, its number stays unused.
   */
  async begin(conversation) {
    const name = base64(await crypto.subtle.sign("HMAC", this.naming, utf8(conversation)));
    const { born, last } = await this.db
      .prepare(
        `INSERT INTO conversation (name, born, last) VALUES (?, ?, 1)
           ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING born, last`,
      )
      .bind(name, crypto.randomUUID())
      .first();
    return { name, born, sequence: last };
  }

  /** The last turns of a conversation, as a model takes them. */
  async last({ name }) {
    const { results } = await this.db
      .prepare(
        `SELECT conversation, sequence, sealed FROM turn WHERE conversation = ?
           ORDER BY sequence DESC LIMIT ?`,
      )
      .bind(name, REMEMBERED_TURNS)
      .all();
    const messages = [];
    let left = REMEMBERED_BYTES;
    for (const row of results) {
      const { turn } = await this.open(row);
      // A damaged row does not end a conversation; the export tells of it.
      if (turn) {
        left -= utf8(turn.message).length + utf8(turn.reply).length;
        if (left < 0) {
          break;
        }
        messages.unshift(
          { role: "user", content: turn.message },
          { role: "assistant", content: turn.reply },
        );
      }
    }
    return messages;
  }

  /** Whether it could be kept: not in a conversation that was wiped since the turn began. */
  async keep(place, turn) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
      this.algorithm(place, nonce),
      this.sealing,
      utf8(JSON.stringify(turn)),
    );
    const { meta } = await this.db
      .prepare(
        `INSERT INTO turn (conversation, sequence, sealed)
           SELECT name, ?, ? FROM conversation WHERE name = ? AND born = ?`,
      )
      .bind(place.sequence, base64(nonce) + base64(sealed), place.name, place.born)
      .run();
    return meta.changes === 1;
  }

  /** Every turn, conversation by conversation, each in its order. */
  async *pages() {
    let last = { conversation: "", sequence: 0 };
    while (last) {
      const { results } = await this.db
        .prepare(
          `SELECT conversation, sequence, sealed FROM turn
             WHERE (conversation, sequence) > (?, ?) ORDER BY conversation, sequence LIMIT ?`,
        )
        .bind(last.conversation, last.sequence, PAGE)
        .all();
      yield Promise.all(results.map((row) => this.open(row)));
      last = results[PAGE - 1];
    }
  }

  /** Both tables at once: a chat that is under way then finds no conversation to be kept in. */
  async wipe() {
    await this.db.batch([
      this.db.prepare("DELETE FROM turn"),
      this.db.prepare("DELETE FROM conversation"),
    ]);
  }

  /** The turn of a row; null where the row was damaged, or stood in another place before. */
  async open({ conversation, sequence, sealed }) {
    const place = { name: conversation, sequence };
    try {
      const nonce = bytesOf(sealed.slice(0, 16));
      const opened = await crypto.subtle.decrypt(
        this.algorithm(place, nonce),
        this.sealing,
        bytesOf(sealed.slice(16)),
      );
      return { place, turn: JSON.parse(new TextDecoder().decode(opened)) };
    } catch (error) {
      // OperationError from the cipher, InvalidCharacterError from base64.
      if (error instanceof DOMException) {
        return { place, turn: null };
      }
      throw error;
    }
  }

  algorithm({ name, sequence }, iv) {
    const additionalData = utf8(JSON.stringify([this.script, name, sequence]));
    return { name: "AES-GCM", iv, additionalData, tagLength: 128 };
  }
}

/** Text, because D1 hands out bytes as a JSON array of numbers. */
function base64(bytes) {
  let binary = "";
  for (const byte of new Uint8Array(bytes)) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

// ── Answering ───────────────────────────────────────────────────────────────────────────────────

const KEPT_OUT = { "cache-control": "no-store" };

class Problem extends Error {
  constructor(name, members = {}, headers = {}) {
    super(name);
    this.members = members;
    this.headers = headers;
  }

  response() {
    const [status, title] = PROBLEMS[this.message];
    return new Response(
      JSON.stringify({ type: `urn:pledge:problem:${this.message}`, title, status, ...this.members }),
      {
        status,
        headers: { ...KEPT_OUT, ...this.headers, "content-type": "application/problem+json" },
      },
    );
  }
}
