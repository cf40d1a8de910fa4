// Assistants for a test of another language: reads their settings, a JSON array on one line, prints
// where the dispatcher answers, and serves until its input ends.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Cloudflare, Model, customer } from "./assistants.mjs";

const input = createInterface({ input: process.stdin });
const [line] = await once(input, "line");
const model = await Model.start();
const customers = JSON.parse(line).map((one) => customer(one.SCRIPT, model, one));
const cloudflare = await Cloudflare.start(customers);
console.log(cloudflare.url.origin);
await once(input, "close");
await cloudflare.stop();
model.close();
