// What the tests run: the two modules as they are uploaded, in workerd, with D1 on this disk.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare } from "miniflare";

const MODULES = new URL("../src/main/resources/pledge/assistantworker/", import.meta.url);
const [WORKER, DISPATCHER] = await Promise.all(
  ["worker.mjs", "dispatcher.mjs"].map((name) => readFile(new URL(name, MODULES), "utf8")),
);

/** In miniflare a namespace is remote only: this one looks a script up among the others that run. */
const NAMESPACE = `export default (env) => ({
  get: (name) => Object.hasOwn(env, name) ? env[name] : {
    fetch: () => Promise.reject(new Error("Worker not found.")),
  },
});`;

/** Looks into the databases, and lays hands on them. */
const PROBE = `export default { async fetch(request, env) {
  const { script, statement, values } = await request.json();
  const { results } = await env[script].prepare(statement).bind(...values).all();
  return Response.json(results);
} };`;

/** A model on loopback; `answer` is replaced by tests, `heard` is all that it was sent. */
export class Model {
  heard = [];
  answer = (said, response) => this.reply(response, `You said: ${said.messages.at(-1).content}`);

  static async start() {
    const model = new Model();
    model.server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) {
        parts.push(part);
      }
      const body = Buffer.concat(parts).toString();
      model.heard.push({ method: request.method, url: request.url, headers: request.headers, body });
      await model.answer(JSON.parse(body), response);
    });
    await new Promise((done) => model.server.listen(0, "127.0.0.1", done));
    model.url = `http://127.0.0.1:${model.server.address().port}/answers`;
    return model;
  }

  reply(response, reply) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ reply }));
  }

  said() {
    return this.heard.map(({ body }) => JSON.parse(body));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The settings of one customer's script. */
export function customer(name, model, settings = {}) {
  return {
    CONFIGURATION: JSON.stringify({ name: `Assistant of ${name}`, language: "en" }),
    MODEL_URL: model.url,
    SCRIPT: name,
    SECRET: `secret-of-${name}-0123456789abcdef0123456789abcdef`,
    TOKEN: `token-of-${name}-0123456789abcdef0123456789abcdef`,
    ...settings,
  };
}

/** Cloudflare, with these customers' scripts behind the dispatcher. */
export class Cloudflare {
  printed = "";

  /** Others are scripts of the test's own, by name. */
  static async start(customers, { folder, limit = 100_000, others = {} } = {}) {
    const cloudflare = new Cloudflare();
    cloudflare.owned = !folder;
    cloudflare.folder = folder ?? (await mkdtemp(join(tmpdir(), "assistants-")));
    const scripts = customers.map((settings) => settings.SCRIPT);
    const behind = [...scripts, ...Object.keys(others), "probe"];
    const storage = (script) => `database-of-${script}`;
    const base = { modules: true, compatibilityDate: "2025-07-01" };
    cloudflare.miniflare = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      d1Persist: cloudflare.folder,
      handleRuntimeStdio: (...streams) =>
        streams.forEach((stream) => stream.on("data", (data) => (cloudflare.printed += data))),
      workers: [
        {
          ...base,
          name: "dispatcher",
          script: DISPATCHER,
          wrappedBindings: { DISPATCHER: { scriptName: "namespace" } },
          ratelimits: { LIMIT: { simple: { limit, period: 60 } } },
        },
        {
          // A wrapped binding takes its date from whoever it is bound to.
          modules: true,
          name: "namespace",
          script: NAMESPACE,
          serviceBindings: Object.fromEntries(behind.map((name) => [name, name])),
        },
        ...customers.map((bindings) => ({
          ...base,
          name: bindings.SCRIPT,
          script: WORKER,
          bindings,
          d1Databases: { DB: storage(bindings.SCRIPT) },
        })),
        {
          ...base,
          name: "probe",
          script: PROBE,
          d1Databases: Object.fromEntries(scripts.map((script) => [script, storage(script)])),
        },
        ...Object.entries(others).map(([name, script]) => ({ ...base, name, script })),
      ],
    });
    cloudflare.url = await cloudflare.miniflare.ready;
    return cloudflare;
  }

  /**
   * Over HTTP, through the dispatcher. Each on a connection of its own: one whose request was
   * refused before it was read is closed at some time.
   */
  fetch(path, { headers = {}, ...options } = {}) {
    return fetch(this.url.origin + path, {
      redirect: "manual",
      headers: { ...headers, connection: "close" },
      ...options,
    });
  }

  /** As the customer, with the token. */
  as({ SCRIPT, TOKEN }) {
    const authorization = `Bearer ${TOKEN}`;
    const ask = (path, { headers = {}, ...options } = {}) =>
      this.fetch(`/${SCRIPT}${path}`, { ...options, headers: { authorization, ...headers } });
    return {
      ask,
      chat: (conversation, message) =>
        ask("/chat", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ conversation, message }),
        }),
      /** The messages, of an export that is whole. */
      async export() {
        const text = await (await ask("/export")).text();
        const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
        assert.deepEqual(lines.pop(), { complete: true, messages: lines.length });
        return lines;
      },
      wipe: () => ask("/wipe", { method: "POST" }),
      health: () => ask("/health"),
    };
  }

  /** What a statement finds in the customer's database. */
  async sql({ SCRIPT }, statement, ...values) {
    const body = JSON.stringify({ script: SCRIPT, statement, values });
    const response = await this.fetch("/probe/", { method: "POST", body });
    assert.equal(response.status, 200);
    return response.json();
  }

  /** Every row of every table that the script has made. */
  async rows(customer) {
    const tables = await this.sql(
      customer,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    );
    const rows = {};
    for (const { name } of tables) {
      rows[name] = await this.sql(customer, `SELECT * FROM ${name}`);
    }
    return rows;
  }

  /** All that lies on the disk, write-ahead logs included. */
  async bytes() {
    const files = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const read = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.path, file.name)));
    return Buffer.concat(await Promise.all(read));
  }

  async stop() {
    await this.miniflare.dispose();
    if (this.owned) {
      await rm(this.folder, { recursive: true });
    }
  }
}
