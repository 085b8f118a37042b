// Visits that couldn't be sent: sealed for their author, who is the only one to send them (docs/adr/0025-sealed-outbox.md).
// It is kept by the service worker. Nothing else of a person is kept in the browser.

const DAY = 24 * 3600 * 1000;
const KEPT = 7 * DAY;
const KEY_SERVES = 30 * DAY;
const NEVER = new Set(["csrfmiddlewaretoken", "idempotency_key", "next", "then"]);
const { subtle } = crypto;
const me = Number(document.body.dataset.me) || 0; // 0 on the page without a network
let opened;
let say = () => {};
export const editing = new Set(); // keys of what is still being written on this page

// --- the store
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("keben", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("outbox", { keyPath: "key" });
      asked.result.createObjectStore("self", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(store, mode, act) {
  const database = await (opened ??= open());
  return new Promise((resolve, reject) => {
    const change = database.transaction(store, mode, { durability: "strict" });
    const asked = act(change.objectStore(store));
    change.oncomplete = () => resolve(asked.result);
    change.onabort = () => reject(change.error);
  });
}

export const forget = (key) => run("outbox", "readwrite", (rows) => rows.delete(key));

export async function waiting() {
  const rows = await run("outbox", "readonly", (store) => store.getAll());
  return rows.sort((one, other) => one.at - other.at);
}

// --- the public key of whoever is signed in
export async function owner() {
  const self = await run("self", "readonly", (store) => store.get("key"));
  return self && (!me || self.me === me) && self.at > Date.now() - KEY_SERVES ? self : undefined;
}

async function fetchKey() {
  const self = await owner();
  if (self && self.at > Date.now() - DAY) return;
  const answer = await fetch("/offline/key/", { redirect: "manual" });
  if (!answer.ok) return;
  const { kid, public: key, me: person } = await answer.json();
  await run("self", "readwrite", (store) => store.put({ id: "key", me: person, kid, public: key, at: Date.now() }));
}

// --- sealing
const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const base64 = (buffer) => btoa([...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join(""));

async function seal(text, about, key) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await subtle.importKey("raw", bytes(key), curve, false, []);
  const once = await subtle.generateKey(curve, false, ["deriveBits"]);
  const secret = await subtle.deriveBits({ name: "ECDH", public: theirs }, once.privateKey, 256);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("keben outbox 1") };
  const from = await subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const aes = await subtle.deriveKey(hkdf, from, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const closed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(about) }, aes, utf8(text));
  return { epk: base64(await subtle.exportKey("raw", once.publicKey)), iv: base64(iv), text: base64(closed) };
}

// Whether it is kept: not without a key, before the first sign-in with a network.
export async function keep(fields, key = crypto.randomUUID()) {
  const self = await owner();
  if (!self) return false;
  const at = Date.now();
  const whole = [...fields, ["written_at", new Date(at).toISOString()]];
  const sealed = await seal(JSON.stringify(whole), `${self.kid} ${key}`, self.public);
  await run("outbox", "readwrite", (rows) => rows.put({ key, me: self.me, kid: self.kid, at, version: 1, ...sealed }));
  await count();
  return true;
}

// The log form that found no network. Files stay behind: they are chosen again once it is sent.
export async function keepForm(form) {
  const customer = form.matches(".log-form") && new URL(form.getAttribute("action"), location).searchParams.get("customer");
  if (!customer) return false;
  const typed = [...new FormData(form)].filter(([name, value]) => !NEVER.has(name) && typeof value === "string");
  const fields = [...typed.filter(([name]) => name !== "written_at"), ["customer", customer]];
  const kept = await keep(fields, form.elements.idempotency_key.value).catch(() => false);
  if (kept) {
    form.classList.remove("dirty");
    tell(form);
  }
  return kept;
}

function tell(form) {
  document.getElementById("offline")?.remove();
  const note = made("p", { id: "offline", className: "banner warn", role: "alert" });
  note.textContent = words().kept;
  (form.querySelector(".log-foot") ?? form).before(note);
  note.scrollIntoView({ block: "nearest" });
}

export const sayKept = () => say(words().kept);

// --- how many wait, on every page of Keben; the page without a network counts by itself
const words = () => document.getElementById("toasts").dataset;
const made = (name, ...properties) => Object.assign(document.createElement(name), ...properties);
let badge;

function mark(number) {
  if (!number && !badge) return;
  if (!badge) document.body.append((badge = made("a", { id: "unsent", className: "unsent", href: "/offline/" })));
  badge.hidden = !number;
  badge.textContent = `${words().unsent} ${number}`;
}

export async function count() {
  const mine = (await waiting()).filter((row) => !me || row.me === me).length;
  if (me) mark(mine);
  return mine;
}

// --- sending: in order, one browser window at a time, only by its author
export async function send() {
  if (!me || !navigator.onLine) return;
  let sent = 0;
  await navigator.locks.request("keben outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const row of await waiting()) {
      if (row.me !== me || editing.has(row.key)) continue;
      if (!(await sendOne(row))) break;
      sent += 1;
    }
  });
  if (sent) renew();
  await count();
}

// Today was drawn before what waited had arrived.
function renew() {
  if (!document.getElementById("offline-log") || document.querySelector("dialog[open], form.dirty")) return;
  htmx.ajax("GET", location.href, { target: "#main", select: "#main > *" });
}

// Whether the next one may follow: no network or no session stops, what can't be opened stays until its days are over.
async function sendOne(row) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  let answer;
  try {
    answer = await fetch("/offline/send/", { method: "POST", redirect: "manual", headers, body: JSON.stringify(row) });
  } catch {
    return false;
  }
  if (![200, 409, 422].includes(answer.status)) return false;
  const { said, url } = await answer.json();
  if (answer.ok) await forget(row.key);
  say(said, { stay: Boolean(url) || !answer.ok, href: url });
  return true;
}

// --- what is too old goes, tried once more where somebody is signed in, and who holds the phone is told how many;
// signing out leaves nothing behind
export async function expire() {
  const old = (await waiting()).filter((row) => row.at < Date.now() - KEPT);
  for (const row of old) await forget(row.key);
  return old.length;
}

async function leave() {
  for (const row of await waiting()) if (row.me === me) await forget(row.key);
  await run("self", "readwrite", (store) => store.clear());
}

function sure(left) {
  const dialog = made("dialog", { id: "leaving", className: "dialog" });
  const box = made("form", { method: "dialog", className: "pad stack gap-3" });
  const row = made("div", { className: "row wrap" });
  row.append(
    made("button", { className: "button primary", value: "", textContent: words().stay }),
    made("button", { className: "button danger", value: "leave", textContent: words().leave }),
  );
  const count = made("h2", { textContent: `${words().unsent} ${left}`, id: "leaving-t" });
  box.append(count, made("p", { textContent: words().leaving }), row);
  dialog.setAttribute("aria-labelledby", count.id);
  dialog.append(box);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => (dialog.remove(), done(dialog.returnValue === "leave")));
  });
}

async function signOut(event) {
  const form = event.target;
  if (!form.matches("form[action='/logout/']")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!navigator.onLine) return say(document.getElementById("toasts").dataset.failed);
  try {
    await send();
    const left = await count();
    if (left && !(await sure(left))) return;
    await leave();
  } catch {
    // a store that can't be opened keeps nobody signed in
  }
  form.submit();
}

export async function start(given) {
  say = given.say;
  document.addEventListener("submit", signOut, true);
  document.addEventListener("click", (event) => {
    const link = !navigator.onLine && event.target.closest("a[href*='/interactions/new/']");
    const empty = document.getElementById("offline-log");
    if (!link || !empty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    import(empty.dataset.module).then((offline) => offline.openDialog(link)); // it imports this one
  }, true);
  addEventListener("online", send);
  await fetchKey().catch(() => {});
  await count();
  await send();
  const gone = await expire();
  if (gone) say(`${words().old} ${gone}`, { stay: true });
  await count();
}
