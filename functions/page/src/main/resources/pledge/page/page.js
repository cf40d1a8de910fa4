const find = (id) => document.getElementById(id);

/** What the service answers; where nothing comes that can be read, that. */
async function call(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { ok: response.ok, status: response.status, json: text ? JSON.parse(text) : {} };
  } catch {
    return { ok: false, status: 0, json: { title: "The service does not answer" } };
  }
}

/** Two live regions: what went well waits until a screen reader is done, what did not interrupts. */
function tell(status, problem) {
  find("status").textContent = status;
  find("problem").textContent = problem;
  find(problem ? "problem" : "status").scrollIntoView({ block: "nearest" });
}

const say = (words) => tell(words, "");

/** Says what is wrong, in the words of the answer's problem details (RFC 9457). */
function sayProblem({ json }, form) {
  const unmarked = (json.errors ?? []).filter((error) => !markFault(form, error));
  const rest = unmarked.map(({ pointer, detail }) => `${pointer.slice(2)} ${detail}`);
  tell("", [json.title ?? "That did not work", ...rest].join(". ") + ".");
  form?.querySelector("input[aria-invalid], [aria-invalid] input")?.focus();
}

/** Says beside a field what is wrong with it; false if the form has no such field. */
function markFault(form, { pointer, detail }) {
  const fault = form && find(`${form.id}-${pointer.slice(2)}-fault`);
  if (!fault) return false;
  fault.textContent = `It ${detail}.`;
  form.querySelector(`[aria-describedby="${fault.id}"]`).setAttribute("aria-invalid", "true");
  return true;
}

function forgetFaults(form) {
  form.querySelectorAll(".fault").forEach((fault) => fault.replaceChildren());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}

function showStranger() {
  find("session").hidden = true;
  find("sessions").replaceChildren();
  find("policies").replaceChildren();
  find("requests").replaceChildren();
  find("subscription").replaceChildren();
  find("plans").replaceChildren();
  find("assistant").replaceChildren();
  find("assistant-name").hidden = true;
  find("assistant-name").reset();
  find("stranger").hidden = false;
}

async function showSession() {
  const answer = await call("GET", "/session");
  if (answer.status === 401) return showStranger();
  // Anything else says nothing about who is there: what is shown stays.
  if (!answer.ok) return sayProblem(answer);
  find("session").hidden = false;
  find("stranger").hidden = true;
  find("signed-in-at").textContent = new Date(answer.json.signedInAt).toLocaleString();
  find("ends-at").textContent = new Date(answer.json.endsAt).toLocaleString();
  const all = await call("GET", "/sessions");
  if (all.status === 401) return showStranger();
  if (!all.ok) return sayProblem(all);
  find("sessions").replaceChildren(...all.json.sessions.map(sessionItem));
  await showRequests();
  await showBilling();
  await showPolicies();
  await showAssistant();
}

/** What the person asked about their data; to be deleted is asked once, and can be taken back. */
async function showRequests() {
  const answer = await call("GET", "/privacy/requests");
  if (answer.status === 401) return showStranger();
  if (!answer.ok) return sayProblem(answer);
  find("requests").replaceChildren(...answer.json.requests.map(requestItem));
  const isOpen = (which) => answer.json.requests.some(({ kind, stage }) => kind === which && stage);
  find("export").hidden = isOpen("export");
  find("erase").hidden = isOpen("erasure");
  // Who is leaving begins nothing new; the session knows of it a moment later.
  find("plans").hidden = isOpen("erasure");
  find("erase-really").hidden = true;
}

const time = (at) => new Date(at).toLocaleString();

function requestItem(request) {
  return request.kind === "export" ? exportItem(request) : erasureItem(request);
}

function exportItem({ status, requestedAt, dueBy, copy }) {
  const item = document.createElement("li");
  item.textContent = `Asked on ${time(requestedAt)} for a copy: `;
  if (status !== "completed") {
    item.append(`it is being made, until ${time(dueBy)} at the latest. A mail will tell you.`);
    return item;
  }
  if (!copy) {
    item.append("it is deleted.");
    return item;
  }
  const get = document.createElement("button");
  get.type = "button";
  get.textContent = "Download it";
  get.addEventListener("click", () => download(copy, get));
  item.append(`it is here until ${time(copy.until)}, ${size(copy.bytes)}. `, get);
  return item;
}

const size = (bytes) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** One part after the other: they are one file when they are put together. */
async function download({ parts }, button) {
  button.disabled = true;
  const blobs = [];
  for (const [index, part] of parts.entries()) {
    if (parts.length > 1) say(`Downloading part ${index + 1} of ${parts.length}.`);
    const response = await fetch(part).catch(() => undefined);
    if (!response?.ok) {
      const json = await response?.json().catch(() => ({}));
      button.disabled = false;
      if (response?.status === 401) showSignedOut();
      return sayProblem({ json: json ?? { title: "The service does not answer" } });
    }
    blobs.push(await response.blob());
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(blobs, { type: "application/zip" }));
  link.download = "copy-of-my-data.zip";
  link.click();
  URL.revokeObjectURL(link.href);
  button.disabled = false;
  say("Your copy is downloaded.");
}

function erasureItem({ id, status, stage, requestedAt, takeBackUntil, dueBy }) {
  const item = document.createElement("li");
  item.textContent = `Asked on ${time(requestedAt)} to delete the account: `;
  if (status !== "pending") {
    item.append(stage ? `it is being deleted, until ${time(dueBy)} at the latest.` : "taken back.");
    return item;
  }
  const back = document.createElement("button");
  back.type = "button";
  back.textContent = "Take it back";
  back.addEventListener("click", async () => {
    const answer = await call("DELETE", `/privacy/erasures/${id}`);
    if (answer.ok) say("Your account stays.");
    else sayProblem(answer);
    if (answer.status === 401) showSignedOut();
    else await showInstead("data-title");
  });
  item.append(`it begins on ${time(takeBackUntil)}. `, back);
  return item;
}

/** What the person pays for, or can: all of paying is done on Stripe's own pages. */
async function showBilling() {
  const answer = await call("GET", "/billing");
  if (answer.status === 401) return showStranger();
  if (!answer.ok) {
    find("subscription").replaceChildren();
    find("plans").replaceChildren();
    find("portal").hidden = true;
    // While data is deleted none of it is shown.
    if (answer.status !== 409) sayProblem(answer);
    return;
  }
  const { plans, subscription } = answer.json;
  find("subscription").textContent = subscriptionWords(subscription);
  find("portal").hidden = !subscription;
  find("plans").replaceChildren(...(subscription?.live ? [] : plans.map(planItem)));
}

function subscriptionWords(subscription) {
  if (!subscription) return "You have no subscription.";
  const { plan, live, entitlement, paidUntil, endsAt, overdueSince } = subscription;
  const name = plan ? `“${plan}”` : "A plan that is sold no more";
  if (!live) return `${name}: it is over${endsAt ? ` since ${time(endsAt)}` : ""}.`;
  const words = [entitlement === "none" ? `${name}: it is not paid yet.` : `${name}.`];
  if (endsAt) words.push(`It was cancelled, and ends on ${time(endsAt)}.`);
  else if (paidUntil && !overdueSince) words.push(`It is paid until ${time(paidUntil)}.`);
  if (overdueSince) words.push(`A payment failed on ${time(overdueSince)}.`);
  if (entitlement === "suspended") words.push("Your assistant is suspended until it is paid.");
  return words.join(" ");
}

function planItem(plan) {
  const item = document.createElement("li");
  const choose = document.createElement("button");
  choose.type = "button";
  choose.textContent = `Subscribe to “${plan}”`;
  choose.addEventListener("click", () => leaveFor("/billing/checkout", { plan }));
  item.append(choose);
  return item;
}

/** Goes to a page of Stripe's, of which only its address is ours. */
async function leaveFor(path, body) {
  say("You are being taken to Stripe's page.");
  const answer = await call("POST", path, body);
  if (answer.ok) return location.assign(answer.json.url);
  sayProblem(answer);
  if (answer.status === 401) showSignedOut();
  else await showInstead("billing-title");
}

const assistantStates = {
  absent: "You have no assistant. It comes with a subscription.",
  provisioning: "Your assistant is being made.",
  running: "Your assistant is running.",
  suspended: "Your assistant stands still. It keeps all that it has.",
  deprovisioning: "Your assistant is being deleted, with all that it has.",
  failed: "Something is wrong with your assistant. We see to it.",
};

/** Which settings a change is of. */
let settingsRevision = "";

/** How the person's own assistant stands, and by what name it goes. */
async function showAssistant() {
  const answer = await call("GET", "/assistant");
  if (answer.status === 401) return showStranger();
  if (!answer.ok) return sayProblem(answer);
  const { state, revision = "", settings = {} } = answer.json;
  settingsRevision = revision;
  find("assistant").textContent = assistantStates[state];
  const form = find("assistant-name");
  form.hidden = !["provisioning", "running", "suspended"].includes(state);
  form.elements.namedItem("name").value = settings.name ?? "";
}

/** A policy that promises something else since it was accepted: to be read, and to be accepted. */
async function showPolicies() {
  const answer = await call("GET", "/account/policies");
  if (answer.status === 401) return showStranger();
  // Who is leaving has nothing to accept.
  if (answer.status === 403) return find("policies").replaceChildren();
  if (!answer.ok) return sayProblem(answer);
  const changed = answer.json.policies.filter((policy) => policy.changed);
  find("policies").replaceChildren(...changed.map(policyItem));
}

function policyItem({ document: id, title, current, path }) {
  const item = document.createElement("p");
  const text = document.createElement("a");
  text.href = path;
  text.textContent = title;
  const accept = document.createElement("button");
  accept.type = "button";
  accept.textContent = `Accept the version of ${current}`;
  accept.addEventListener("click", async () => {
    const answer = await call("POST", "/account/policies", { policies: { [id]: current } });
    if (answer.ok) say(`You accepted the version of ${current}.`);
    else sayProblem(answer);
    if (answer.status === 401) return showSignedOut();
    await showPolicies();
    find("session-title").focus();
  });
  item.append("This changed since you accepted it: ", text, ". ", accept);
  return item;
}

/** What was pressed is gone by now: the focus goes to what has come instead. */
async function showInstead(heading) {
  await showSession();
  find(find("session").hidden ? "sign-in-title" : heading).focus();
}

/** Without asking: the next answer may be a refusal, and nobody is signed in here any more. */
function showSignedOut() {
  showStranger();
  find("sign-in-title").focus();
}

async function endSession(path, words, heading) {
  const answer = await call("DELETE", path);
  if (answer.ok) say(words);
  else sayProblem(answer);
  if (answer.status === 401) showSignedOut();
  else await showInstead(heading);
}

function sessionItem(session) {
  const item = document.createElement("li");
  const where = `${session.address}, ${session.userAgent || "unknown browser"}`;
  item.textContent = `${where} `;
  if (session.current) {
    item.append("(this one)");
  } else {
    const end = document.createElement("button");
    end.type = "button";
    end.textContent = "End this session";
    end.setAttribute("aria-label", `End this session: ${where}`);
    end.addEventListener("click", () =>
      endSession(`/sessions/${session.id}`, "That session is ended.", "sessions-title"),
    );
    item.append(end);
  }
  return item;
}

function onSubmit(id, send) {
  find(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    forgetFaults(event.target);
    await send(new FormData(event.target), event.target);
  });
}

if (find("sign-up")) {
  showSession();
  onSubmit("sign-up", async (data, form) => {
    const policy = form.querySelector("[name=policy]:checked");
    const answer = await call("POST", "/signup", {
      name: data.get("name"),
      email: data.get("email"),
      password: data.get("password"),
      adult: data.get("adult") === "on",
      policies: { [policy.value]: policy.dataset.version },
    });
    if (!answer.ok) return sayProblem(answer, form);
    form.reset();
    say(answer.json.message);
  });
  onSubmit("sign-in", async (data, form) => {
    const answer = await call("POST", "/session", {
      email: data.get("email"),
      password: data.get("password"),
    });
    if (!answer.ok) return sayProblem(answer, form);
    form.reset();
    say("You are signed in.");
    showInstead("session-title");
  });
  onSubmit("assistant-name", async (data, form) => {
    const change = { revision: settingsRevision, name: data.get("name") };
    const answer = await call("PATCH", "/assistant", change);
    if (answer.ok) say("Your assistant's name is changed.");
    else sayProblem(answer, form);
    if (answer.status === 401) return showSignedOut();
    // What was typed stays where it was refused for itself.
    if (answer.status !== 422) await showInstead("assistant-title");
  });
  find("portal").addEventListener("click", () => leaveFor("/billing/portal"));
  find("export").addEventListener("click", async () => {
    const answer = await call("POST", "/privacy/exports");
    if (answer.ok) say("Your copy is being made. A mail will tell you when it is ready.");
    else sayProblem(answer);
    if (answer.status === 401) showSignedOut();
    else await showInstead("data-title");
  });
  find("erase").addEventListener("click", () => {
    find("erase-really").hidden = false;
    find("erase-yes").focus();
  });
  find("erase-no").addEventListener("click", () => {
    find("erase-really").hidden = true;
    find("erase").focus();
  });
  find("erase-yes").addEventListener("click", async () => {
    const answer = await call("POST", "/privacy/erasures");
    if (answer.ok) say("Your account will be deleted. You can take that back here.");
    else sayProblem(answer);
    if (answer.status === 401) showSignedOut();
    else await showInstead("data-title");
  });
  find("sign-out").addEventListener("click", async () => {
    const answer = await call("DELETE", "/session");
    if (answer.ok) say("You are signed out.");
    else sayProblem(answer);
    if (answer.ok || answer.status === 401) showSignedOut();
    else await showInstead("session-title");
  });
}

/**
 * Takes what follows # out of the address: whoever sees the screen, or goes back, does not find it.
 * What was done is shown no more: the form is there for a link that is opened after it.
 */
function takeSecret(form, take) {
  const takeOnce = () => {
    if (!location.hash) return;
    take(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
    find(form).hidden = false;
  };
  takeOnce();
  addEventListener("hashchange", takeOnce);
}

if (find("confirm")) {
  let token = "";
  takeSecret("confirm", (secret) => {
    token = secret;
  });
  onSubmit("confirm", async (data, form) => {
    const password = data.get("password");
    const answer = await call("POST", "/signup/confirmation", { token, password });
    if (!answer.ok) return sayProblem(answer, form);
    say("Your address is confirmed. You can sign in now.");
    find("to-sign-in").focus();
    form.reset();
    form.hidden = true;
  });
}

if (find("confirm-request")) {
  const words = {
    erasure: "Your account will be deleted. Our next mail says from when on.",
    export: "Your copy is being made. A mail will tell you when it is ready.",
  };
  const request = { kind: "erasure", token: "" };
  takeSecret("confirm-request", (secret) => {
    const [kind, token] = secret.split("/", 2);
    // Of a link for something else the page does not speak.
    request.kind = kind in words ? kind : "erasure";
    request.token = kind in words ? token : "";
    document.querySelectorAll("[data-kind]").forEach((part) => {
      part.hidden = part.dataset.kind !== request.kind;
    });
  });
  onSubmit("confirm-request", async (_, form) => {
    const answer = await call("POST", "/privacy/requests/confirmation", request);
    if (!answer.ok) return sayProblem(answer);
    say(words[request.kind]);
    find("to-account").focus();
    form.hidden = true;
  });
}
