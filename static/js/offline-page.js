// The page without a network: what waits in this browser, by its time alone, and the empty log form. What was written
// on this very page is named too, from memory: once it is closed, nobody can read it on this device.
import { prepare } from "./offline.js";
import { editing, expire, owner, waiting } from "./outbox.js";

const part = (name) => document.querySelector(`[data-${name}]`);
const language = document.documentElement.lang;
const written = new Map(); // key: customer, kind and first words
const FIRST = 40;

async function draw() {
  const gone = await expire();
  part("gone").hidden = !gone;
  part("gone").querySelector("b").textContent = gone;
  const self = await owner();
  const rows = await waiting();
  const mine = rows.filter((row) => row.me === self?.me && !editing.has(row.key));
  part("unknown").hidden = Boolean(self);
  part("write").hidden = !self;
  part("waiting").hidden = !mine.length;
  part("others").hidden = rows.every((row) => row.me === self?.me);
  part("count").textContent = mine.length;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const lines = mine.map(({ at, key }) => {
    const textContent = [moment.format(at), ...(written.get(key) ?? [])].join(" · ");
    return Object.assign(document.createElement("li"), { textContent });
  });
  part("times").replaceChildren(...lines);
}

const form = part("offline-form");
const asked = new URL(location.href);
const customer = asked.pathname === "/interactions/new/" ? asked.searchParams.get("customer") ?? "" : "";
const leave = prepare(form, {
  customer,
  kept: (fields, key) => {
    const { customer_name: name, kind, summary } = Object.fromEntries(fields);
    const method = form.querySelector(`[name=kind][value="${kind}"]`).closest("label").textContent.trim();
    written.set(key, [name, method, summary.trim().slice(0, FIRST)].filter(Boolean));
    part("kept").hidden = false;
    part("kept").scrollIntoView({ block: "center" });
    draw();
  },
});
part("again").addEventListener("click", () => leave(() => location.reload()));
part("today").addEventListener("click", (event) => {
  event.preventDefault();
  leave(() => location.assign(event.target.href));
});
function online() {
  part("online").hidden = !navigator.onLine;
  part("offline").hidden = navigator.onLine;
}

addEventListener("online", online);
addEventListener("offline", online);
online();
draw();
