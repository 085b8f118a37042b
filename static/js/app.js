// Entry of every page behind sign-in, which works without it; rare parts are fetched when first needed.
const page = document.documentElement;
const guarded = new WeakSet();
let leaving = false;

// --- appearance: at once, and kept by the server
function switchTheme(event) {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  page.dataset.theme = event.submitter.value;
  fetch(form.getAttribute("action"), {
    method: "POST",
    body: new FormData(form, event.submitter),
    redirect: "manual",
    keepalive: true,
  }).catch(() => {});
}

// --- native dialogs, of which one may serve all rows of a list (docs/ui.md)
function dialogs(event) {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    const dialog = document.getElementById(opener.dataset.dialog);
    const all = (selector) => dialog?.querySelectorAll(selector) ?? [];
    for (const part of all("[data-of-row]")) part.textContent = opener.dataset[part.dataset.ofRow];
    for (const input of all("[data-value-of-row]")) input.value = opener.dataset[input.dataset.valueOfRow];
    for (const button of all("[data-address]")) {
      button.setAttribute("formaction", button.dataset.address.replace("/0/", `/${opener.dataset.pk}/`));
    }
    dialog?.querySelector("[data-to-row]")?.setAttribute("formaction", opener.dataset.to);
    // Its menu closes as the focus leaves: the opener gets it back.
    const menu = opener.closest("details");
    if (menu) dialog?.addEventListener("close", () => menu.querySelector("summary").focus(), { once: true });
    dialog?.showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
}

// --- <details> close like menus
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

// Esc: the form of one fact gives way to its value; the panel beside a list closes while nothing is typed in it.
function escape(event) {
  if (event.key !== "Escape") return;
  const cancel = event.target.closest?.(".one-field")?.querySelector("[data-cancel]");
  if (cancel) return cancel.click();
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return document.querySelector("dialog:not(:modal, :has(.dirty))[open]")?.close();
  menu.open = false;
  menu.querySelector("summary").focus();
}

// The menu of a row, of which all have one (docs/ui.md): its link becomes the menu with the first click.
function openRowMenu(event) {
  const link = event.target.closest("a[data-menu-of]");
  const content = link && document.getElementById(link.dataset.menuOf)?.content;
  if (!content || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const menu = Object.assign(document.createElement("details"), { className: "menu", open: true });
  const summary = Object.assign(document.createElement("summary"), { className: link.className, title: link.title });
  const box = document.createElement("div");
  menu.dataset.menu = "";
  summary.dataset.icon = link.dataset.icon;
  summary.setAttribute("aria-label", link.getAttribute("aria-label"));
  box.append(content.cloneNode(true));
  for (const input of box.querySelectorAll("[name=version]")) input.value = link.dataset.version;
  for (const part of box.querySelectorAll("[formaction], [href]")) {
    const name = part.hasAttribute("href") ? "href" : "formaction";
    part.setAttribute(name, part.getAttribute(name).replace("/0/", `/${link.dataset.pk}/`));
  }
  menu.append(summary, box);
  link.replaceWith(menu);
  summary.focus();
}

// --- toasts: a message counts as said only when it arrives in a live region that is already there
function announce() {
  const region = document.getElementById("toasts");
  if (!region?.children.length) return;
  const said = [...region.children];
  region.replaceChildren();
  setTimeout(() => region.replaceChildren(...said), 60);
}

export function say(text, { stay = false, href = "" } = {}) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const toast = document.createElement("div");
  toast.className = stay ? "toast stay" : "toast";
  toast.dataset.toast = "";
  toast.append(Object.assign(document.createElement(href ? "a" : "span"), { textContent: text, ...(href && { href }) }));
  region.append(toast);
}

// --- after an htmx swap: title, focus on errors, spoken news
function swapped(event) {
  const target = event.detail?.target ?? document.body;
  const errors = target.querySelector?.("[data-error-summary]");
  if (errors) errors.focus();
  const news = target.querySelector?.("[data-say]");
  if (news) say(news.dataset.say);
  guardForms(target);
}

function failed(event) {
  // what is only looked up beside a field
  if (event.detail?.elt?.matches?.("[data-quiet]")) return;
  say(document.getElementById("toasts")?.dataset.failed, { stay: true });
}

// --- forms: sent once, a warning before typed text is lost, drafts on the server
function guardForms(root) {
  for (const form of root.querySelectorAll?.("form[method=post]") ?? []) {
    if (guarded.has(form)) continue;
    guarded.add(form);
    form.addEventListener("submit", busy);
    if (form.matches("[data-draft]")) form.addEventListener("input", () => keepDrafts(form), { once: true });
    else if (form.matches("[data-guard]")) form.addEventListener("input", () => form.classList.add("dirty"));
  }
}

// A second press is refused; the idempotency key is the real guard.
function busy(event) {
  const form = event.currentTarget;
  // A download answers without a new page, so nothing would free the button again.
  if (event.defaultPrevented || form.matches("[data-download]")) return;
  if (form.classList.contains("sending") && !reached.has(form)) {
    event.preventDefault();
    return;
  }
  const typed = form.matches("[data-draft], [data-guard]:not([hx-post])");
  form.classList.add("sending");
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
  if (typed && !reached.has(form)) {
    event.preventDefault();
    return reach(form, event.submitter);
  }
  reached.delete(form);
  form.classList.remove("dirty");
  leaving = true;
}

// Without a network the browser's error page would replace what was typed: ask first.
const reached = new WeakSet();
const ANSWERS_WITHIN = 8000;

function tellOffline(form) {
  document.getElementById("offline")?.remove();
  const note = Object.assign(document.createElement("p"), { id: "offline", className: "banner danger", role: "alert" });
  (form.querySelector(".log-foot, .form-foot") ?? form).before(note);
  note.textContent = document.getElementById("toasts").dataset.offline;
  note.scrollIntoView({ block: "nearest" });
}

async function unreachable(form) {
  if (!(await (await outbox)?.keepForm(form))) tellOffline(form);
}

async function reach(form, submitter) {
  try {
    await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(ANSWERS_WITHIN) });
  } catch {
    free();
    return unreachable(form);
  }
  document.getElementById("offline")?.remove();
  reached.add(form);
  form.requestSubmit(submitter);
}

function free() {
  leaving = false;
  for (const form of document.querySelectorAll("form.sending")) {
    form.classList.remove("sending");
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
}

// Back from the next page, or an htmx answer
addEventListener("pageshow", free);
document.addEventListener("htmx:afterRequest", free);

addEventListener("beforeunload", (event) => {
  if (!leaving && document.querySelector("form.dirty")) event.preventDefault();
});

async function keepDrafts(form) {
  form.classList.add("dirty");
  const { follow } = await import("./drafts.js");
  follow(form);
}

// --- selection in lists: "all on this page", the count in the bar
function selection(box) {
  if (box.type !== "checkbox") return;
  const all = box.matches("[data-all]");
  const rows = [...document.querySelectorAll("tbody .select input")];
  if (all) rows.forEach((row) => (row.checked = box.checked));
  if (all || rows.includes(box)) count(rows);
}

function count(rows) {
  const chosen = rows.filter((row) => row.checked).length;
  document.querySelectorAll("[data-selected]").forEach((place) => (place.textContent = chosen));
  document.querySelectorAll("[data-all]").forEach((box) => (box.checked = chosen === rows.length));
}

// --- [data-copy] copies its text or that of its form; without a clipboard it is shown
async function copyText(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const { copied } = button.dataset;
  const copy = button.dataset.copy || button.form.text.value;
  try {
    await navigator.clipboard.writeText(copy);
    say(copied);
  } catch {
    say(copy, { stay: true });
  }
}

document.addEventListener("submit", switchTheme);
document.addEventListener("click", (event) => {
  const { target } = event;
  copyText(event);
  if (target.closest("[data-print]")) print();
  dialogs(event);
  closeMenus(target);
  openRowMenu(event);
  target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  const prompt = target.closest(".log-form [data-inserts]");
  if (prompt) import("./log.js").then((log) => log.insert(prompt));
  if (target.closest("[data-palette]")) openPalette(event);
});
document.addEventListener("change", ({ target }) => {
  selection(target);
  // A form of filters applies each choice at once; its button stays where there is no script.
  target.closest("form[data-apply]")?.requestSubmit();
  if (target.closest(".log-form")) import("./log.js").then((log) => log.changed(target));
  if (target.matches("[data-files] input")) import("./files.js").then((files) => files.chosen(target));
});
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("htmx:afterSwap", swapped);
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);

// --- the drawer, where there is room: the log of a contact, a customer of a list
const ROOM = matchMedia("(min-width: 64rem)");
let drawer;
document.addEventListener("click", async (event) => {
  const log = event.target.closest("a[href*='/interactions/new/?customer=']");
  const link = log ?? event.target.closest("[data-row] a[href^='/customers/']:not([hx-get])");
  if (!link || !(log ? ROOM : matchMedia("(min-width: 80rem)")).matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (document.querySelector(".logpage")) return;
  event.preventDefault();
  link.closest("dialog")?.close();
  drawer ??= import("./drawer.js").then((module) => (module.start({ guardForms, free, offline: unreachable }), module));
  (await drawer).open(link);
});

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("textarea[data-mentions]") && (target.value.includes("@") || document.getElementById("mention-names"))) {
    import("./mentions.js").then((mentions) => mentions.typed(target));
  }
});

// Dropping files works by itself: the input lies over the whole place.
document.addEventListener("dragenter", ({ target }) => {
  const place = target.closest?.(".files .filedrop");
  if (!place) return;
  place.classList.add("over");
  place.ondragleave = place.ondrop = () => place.classList.remove("over");
});

// --- without a network: the worker brings its own modules along, so they cost a page nothing
const worker = navigator.serviceWorker;
const signedIn = document.body.dataset.me;
if (signedIn) worker?.register("/service-worker.js").catch(() => {});
const outbox =
  signedIn && worker?.controller && import("./outbox.js").then((module) => (module.start({ say }), module));

// --- rare parts
if (document.querySelector("[data-order]")) import("./order.js");
if (document.querySelector("[data-calendar]")) import("./calendar.js");
if (document.querySelector("[data-show-password]")) import("./password.js");
function openPalette(event) {
  event.preventDefault();
  import("./palette.js").then((palette) => palette.open());
}
document.addEventListener("keydown", (event) => {
  escape(event);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.getElementById("palette")) {
    return openPalette(event);
  }
  import("./keys.js").then((keys) => keys.press(event));
});

for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
  tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - 32;
}
guardForms(document);
announce();
const errors = document.querySelector("[data-error-summary]:not([data-sample] *)");
if (errors) errors.focus();
else if (ROOM.matches) document.querySelector("[data-digits] input")?.focus({ preventScroll: true });
