import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Cloudflare, Model, customer } from "../assistants.mjs";

const ROUTES = [
  ["POST", "/chat", JSON.stringify({ conversation: "shared", message: "intruder" })],
  ["GET", "/export"],
  ["POST", "/wipe"],
];

let model, cloudflare, ada, bob, eve, all;

before(async () => {
  model = await Model.start();
  ada = customer("ada", model);
  bob = customer("bob", model, { SUSPENDED: "yes" });
  // Not even the same secret opens one customer's rows for another.
  eve = customer("eve", model, { SECRET: ada.SECRET });
  all = [ada, bob, eve];
  cloudflare = await Cloudflare.start(all);
});

after(async () => {
  await cloudflare.stop();
  model.close();
});

beforeEach(async () => {
  for (const one of all) {
    await cloudflare.as(one).wipe();
  }
});

/** What each has said in a conversation of the same id. */
async function talk(...customers) {
  for (const one of customers) {
    const { status } = await cloudflare.as(one).chat("shared", `secret of ${one.SCRIPT}`);
    assert.equal(status, 200);
  }
}

const texts = async (one) => (await cloudflare.as(one).export()).map(({ text }) => text);

test("isolation: tokens swapped in every direction open no route and change nothing", async () => {
  await talk(ada, eve);
  const before = await Promise.all(all.map((one) => cloudflare.rows(one)));
  model.heard = [];
  const answers = new Set();
  for (const owner of all) {
    for (const intruder of all.filter((one) => one !== owner)) {
      for (const token of [intruder.TOKEN, intruder.SECRET, owner.SECRET, intruder.SCRIPT, owner.SCRIPT]) {
        for (const [method, route, body] of ROUTES) {
          const response = await cloudflare.fetch(`/${owner.SCRIPT}${route}`, {
            method,
            body,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          });
          assert.equal(response.status, 401, `${intruder.SCRIPT} at ${owner.SCRIPT}${route}`);
          answers.add(await response.text());
        }
      }
    }
  }
  assert.equal(answers.size, 1);
  assert.equal(model.heard.length, 0);
  assert.deepEqual(await Promise.all(all.map((one) => cloudflare.rows(one))), before);
});

test("isolation: nobody's export and nobody's model has what another said", async () => {
  await talk(ada, eve, ada);
  assert.deepEqual(await texts(eve), ["secret of eve", "You said: secret of eve"]);
  const said = model.said().at(-1);
  assert.equal(said.configuration.name, "Assistant of ada");
  assert.doesNotMatch(JSON.stringify(said), /eve/);
  assert.equal((await texts(ada)).filter((text) => text.includes("eve")).length, 0);
});

test("isolation: rows of one customer's database do not open in another's, be the secret the same", async () => {
  await talk(ada);
  const stolen = await cloudflare.rows(ada);
  for (const thief of [bob, eve]) {
    for (const [table, rows] of Object.entries(stolen)) {
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map(() => "?");
        const statement = `INSERT INTO ${table} (${columns}) VALUES (${places})`;
        await cloudflare.sql(thief, statement, ...Object.values(row));
      }
    }
    const lines = await cloudflare.as(thief).export();
    assert.equal(lines.length, 1);
    assert.deepEqual(lines[0].unreadable, `${stolen.turn[0].conversation}/1`);
    assert.doesNotMatch(JSON.stringify(lines), /secret of ada/);
  }
  // Eve's own conversation of the same id stands under the same hash: its history stays closed.
  await cloudflare.as(eve).chat("shared", "what did she say?");
  assert.deepEqual(model.said().at(-1).messages, [{ role: "user", content: "what did she say?" }]);
});

test("isolation: two customers' rows have nothing in common, though they say the same", async () => {
  const other = customer("other", model);
  const both = await Cloudflare.start([ada, other]);
  try {
    for (const one of [ada, other]) {
      await both.as(one).chat("same", "same");
    }
    const [left, right] = await Promise.all([ada, other].map((one) => both.rows(one)));
    assert.notEqual(left.turn[0].conversation, right.turn[0].conversation);
    assert.notEqual(left.turn[0].sealed, right.turn[0].sealed);
  } finally {
    await both.stop();
  }
});

test("isolation: one customer's wipe leaves the others' rows as they are", async () => {
  await talk(ada, eve);
  const before = await cloudflare.rows(eve);
  assert.equal((await cloudflare.as(ada).wipe()).status, 204);
  assert.deepEqual(await cloudflare.rows(eve), before);
  assert.deepEqual(await texts(ada), []);
});

test("isolation: no way of writing a path leads from one script to another", async () => {
  await talk(eve);
  for (const path of ["/ada/../eve/export", "/ada/%2e%2e/eve/export", "/ada//eve/export", "/ada/%2Feve/export", "/ada/export?x=/eve/export", "/ada\\..\\eve\\export"]) {
    const response = await cloudflare.fetch(path, { headers: { authorization: `Bearer ${ada.TOKEN}` } });
    assert.doesNotMatch(await response.text(), /secret of eve/);
  }
});
