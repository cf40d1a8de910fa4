import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Cloudflare, Model, customer } from "../assistants.mjs";

let model, folder, settings, cloudflare, ada;

before(async () => {
  model = await Model.start();
  folder = await mkdtemp(join(tmpdir(), "assistants-"));
  settings = customer("ada", model, {
    CONFIGURATION: JSON.stringify({ instructions: "MARKED-instructions" }),
    SECRET: "MARKED-secret-0123456789abcdef0123456789abcdef",
    TOKEN: "MARKED-token-0123456789abcdef0123456789abcdef",
  });
  await start();
});

after(async () => {
  await cloudflare.stop();
  await rm(folder, { recursive: true });
  model.close();
});

async function start() {
  cloudflare = await Cloudflare.start([settings], { folder });
  ada = cloudflare.as(settings);
}

test("encrypted-at-rest: what was marked is nowhere on the disk, and nothing of it is logged", async () => {
  model.answer = (_, response) => model.reply(response, "MARKED-reply");
  await ada.chat("MARKED-conversation", "MARKED-message");
  model.answer = (_, response) => response.end("MARKED-garbage");
  await ada.chat("MARKED-conversation", "MARKED-lost");
  const { turn, conversation } = await cloudflare.rows(settings);
  const bytes = await cloudflare.bytes();
  // It is the right place to look: the rows are there, sealed.
  assert.ok(bytes.includes(turn[0].sealed));
  assert.ok(bytes.includes(conversation[0].name));
  for (const text of [bytes.toString("latin1"), bytes.toString("utf16le"), cloudflare.printed]) {
    assert.doesNotMatch(text, /MARKED|M\0A\0R\0K/);
  }
});

test("the same message is sealed differently each time", async () => {
  model.answer = (_, response) => model.reply(response, "same");
  await ada.chat("same", "same");
  await ada.chat("same", "same");
  const { turn } = await cloudflare.rows(settings);
  assert.equal(new Set(turn.map(({ sealed }) => sealed.slice(0, 16))).size, turn.length);
});

test("what was said is still there after a restart, and goes on", async () => {
  await ada.chat("kept", "before");
  const kept = await ada.export();
  await cloudflare.stop();
  await start();
  assert.deepEqual(await ada.export(), kept);
  await ada.chat("kept", "after");
  assert.deepEqual(
    model.said().at(-1).messages.map(({ content }) => content),
    ["before", "same", "after"],
  );
  assert.equal((await ada.export()).length, kept.length + 2);
});

test("a reply that has every kind of character comes back as it was", async () => {
  const text = `"\\\n\t\u0000\u2028é漢😀</script>${"x".repeat(1000)}`;
  model.answer = (_, response) => model.reply(response, text);
  assert.deepEqual(await (await ada.chat("characters", text)).json(), { reply: text });
  const lines = (await ada.export()).filter(({ conversation }) => conversation === "characters");
  assert.deepEqual(lines.map((line) => line.text), [text, text]);
});

test("each line of an export says where, when, who and what", async () => {
  await ada.wipe();
  model.answer = (_, response) => setTimeout(() => model.reply(response, "hello"), 20);
  const began = new Date().toISOString();
  await ada.chat("one", "hi");
  const response = await ada.ask("/export");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const text = await response.text();
  assert.ok(text.endsWith("\n"));
  const [asked, replied, last] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(asked, { conversation: "one", at: asked.at, role: "user", text: "hi" });
  assert.deepEqual(replied, { conversation: "one", at: replied.at, role: "assistant", text: "hello" });
  assert.deepEqual(last, { complete: true, messages: 2 });
  assert.ok(began <= asked.at && asked.at < replied.at && replied.at <= new Date().toISOString());
});

test("wipe leaves no row in any table", async () => {
  await ada.chat("one", "hi");
  assert.equal((await ada.wipe()).status, 204);
  assert.deepEqual(await cloudflare.rows(settings), { conversation: [], turn: [] });
  assert.deepEqual(await ada.export(), []);
  // Once more: nothing to delete is no error.
  assert.equal((await ada.wipe()).status, 204);
});

// ── Rows that were tampered with ────────────────────────────────────────────────────────────────

/** Two turns in one conversation and one in another, and then that statement. */
async function tampered(statement) {
  await ada.wipe();
  model.answer = (said, response) => model.reply(response, `re ${said.messages.at(-1).content}`);
  await ada.chat("one", "first");
  await ada.chat("one", "second");
  await ada.chat("two", "other");
  await cloudflare.sql(settings, statement);
  return ada.export();
}

const ONE = "(SELECT conversation FROM turn WHERE sequence = 2)";
const TWO = `(SELECT conversation FROM turn WHERE conversation != ${ONE})`;

for (const [what, statement] of [
  ["moved to another conversation", `UPDATE turn SET conversation = ${TWO}, sequence = 9 WHERE sequence = 2`],
  ["moved to another number", "UPDATE turn SET sequence = 99 WHERE sequence = 2"],
  ["copied over another", `UPDATE turn SET sealed = (SELECT sealed FROM turn WHERE sequence = 2) WHERE conversation = ${TWO}`],
  ["changed by one character", "UPDATE turn SET sealed = substr(sealed, 1, 30) || CASE substr(sealed, 31, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(sealed, 32) WHERE sequence = 2"],
  ["cut off", "UPDATE turn SET sealed = substr(sealed, 1, 20) WHERE sequence = 2"],
  ["emptied", "UPDATE turn SET sealed = '' WHERE sequence = 2"],
  ["replaced by what is no base64", "UPDATE turn SET sealed = '{\"conversation\":\"one\"}' WHERE sequence = 2"],
  ["replaced by bytes", "UPDATE turn SET sealed = x'00ff' WHERE sequence = 2"],
]) {
  test(`a row that is ${what} does not open, and the export says so`, async () => {
    const lines = await tampered(statement);
    const closed = lines.filter((line) => "unreadable" in line);
    assert.equal(closed.length, 1);
    const { unreadable: place, ...others } = closed[0];
    assert.match(place, /^[A-Za-z0-9+/]{43}=\/\d+$/);
    assert.deepEqual(others, { conversation: null, at: null, role: null, text: null });
    assert.equal(lines.length, 5);
    assert.equal(lines.filter(({ text }) => text?.startsWith("re ")).length, 2);
    // The conversation goes on without it.
    assert.equal((await ada.chat("one", "third")).status, 200);
    assert.equal(model.said().at(-1).messages.at(-1).content, "third");
    assert.ok(model.said().at(-1).messages.every(({ content }) => !content.includes("other")));
  });
}

test("two conversations that change names: neither opens as the other", async () => {
  await ada.wipe();
  await ada.chat("one", "of one");
  await ada.chat("two", "of two");
  const [first, second] = (await cloudflare.rows(settings)).turn.map((row) => row.conversation);
  for (const [from, to] of [[first, "x"], [second, first], ["x", second]]) {
    await cloudflare.sql(settings, "UPDATE turn SET conversation = ? WHERE conversation = ?", to, from);
  }
  await ada.chat("one", "again");
  assert.deepEqual(model.said().at(-1).messages, [{ role: "user", content: "again" }]);
});

test("another secret opens nothing, and hides nothing", async () => {
  await ada.wipe();
  await ada.chat("one", "first");
  await cloudflare.stop();
  const old = settings.SECRET;
  settings.SECRET = "another-secret-0123456789abcdef0123456789abcdef";
  await start();
  const lines = await ada.export();
  assert.equal(lines.length, 1);
  assert.ok(lines[0].unreadable);
  await cloudflare.stop();
  settings.SECRET = old;
  await start();
  assert.equal((await ada.export())[0].text, "first");
});

// ── Large exports ───────────────────────────────────────────────────────────────────────────────

/** So many turns, eight at once, in seven conversations. */
async function fill(turns) {
  await ada.wipe();
  model.answer = (said, response) => model.reply(response, `re ${said.messages.at(-1).content}`);
  for (let done = 0; done < turns; done += 8) {
    const next = Array.from({ length: Math.min(8, turns - done) }, (_, i) => done + i);
    const answers = await Promise.all(next.map((i) => ada.chat(`c${i % 7}`, `m${i}`)));
    assert.ok(answers.every(({ status }) => status === 200));
  }
}

test("an export of many pages has every message once, each conversation in its order", async () => {
  await fill(101);
  const lines = await ada.export();
  assert.equal(lines.length, 202);
  assert.equal(new Set(lines.map(({ text }) => text)).size, 202);
  const conversations = lines.map(({ conversation }) => conversation);
  const changes = conversations.filter((one, i) => one !== conversations[i - 1]);
  assert.equal(changes.length, 7);
});

test("a page that is exactly full is followed by no other", async () => {
  await fill(50);
  assert.equal((await ada.export()).length, 100);
});

test("an export that breaks down half way does not look whole", async () => {
  await fill(60);
  await cloudflare.sql(settings, "ALTER TABLE turn RENAME TO kept");
  // The second page fails: its last row is a mistake.
  await cloudflare.sql(
    settings,
    `CREATE VIEW turn AS SELECT conversation, sequence, CASE sealed WHEN
       (SELECT sealed FROM kept ORDER BY conversation DESC, sequence DESC LIMIT 1)
       THEN json('no JSON') ELSE sealed END AS sealed FROM kept`,
  );
  const text = await (await ada.ask("/export")).text();
  assert.equal(text.trimEnd().split("\n").length, 100);
  assert.doesNotMatch(text, /complete/);
});
