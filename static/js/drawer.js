// The log of a contact over the page, or a customer beside a list. An answer without a part for the drawer is a page.

import { at } from "./keys.js";

const HEADERS = { "HX-Request": "true" };
let dialog, left; // left: Back has closed it
let tools; // of app.js: what every form on a page gets

export function start(given) {
  tools = given;
  addEventListener("popstate", () => {
    if (history.state?.drawer) show(location.href);
    else if (dialog?.open) left = !dialog.close();
  });
}

export async function open(link) {
  const how = history.state?.drawer ? "replaceState" : "pushState";
  at(link.closest("[data-row]"));
  if (await show(link.href)) history[how]({ drawer: true }, "", link.href);
}

async function show(address) {
  try {
    const answer = await fetch(address, { headers: HEADERS });
    if (answer.ok && (await draw(await answer.text()))) return answer.url;
  } catch {
    // the browser says it
  }
  location.assign(address);
}

async function draw(text) {
  const part = new DOMParser().parseFromString(text, "text/html");
  const content = part.querySelector("[data-drawn]");
  if (!content) return false;
  await Promise.all([...part.querySelectorAll("link[rel=stylesheet]")].map(styled));
  dialog ??= made();
  dialog.replaceChildren(content);
  dialog.scrollTop = 0;
  if (!dialog.open) content.querySelector(".beside") ? dialog.show() : dialog.showModal();
  tools.guardForms(dialog);
  htmx.process(dialog);
  const errors = dialog.querySelector("[data-error-summary]");
  (errors ?? dialog.querySelector("[data-digits] input, [autofocus]"))?.focus({ preventScroll: !errors });
  return true;
}

function styled(link) {
  const href = link.getAttribute("href");
  if (document.head.querySelector(`link[href="${href}"]`)) return undefined;
  const copy = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done) => {
    copy.addEventListener("load", done);
    copy.addEventListener("error", done);
    document.head.append(copy);
  });
}

function made() {
  const box = Object.assign(document.createElement("dialog"), { className: "drawer" });
  box.setAttribute("aria-labelledby", "drawer-t");
  box.addEventListener("submit", send);
  box.addEventListener("close", closed);
  box.addEventListener("click", (event) => {
    if (event.target === box && box.matches(":modal")) box.close();
    if (event.target.closest("[data-close]")) event.preventDefault(); // app.js has closed it
  });
  // What is typed in stands above the button that sticks to the bottom.
  box.addEventListener("focusin", ({ target }) => {
    if (target.matches("textarea, input:not([type=radio])")) target.scrollIntoView({ block: "nearest" });
  });
  document.body.append(box);
  return box;
}

// The draft goes to the server at once, the address is the page's again.
function closed() {
  const byBack = left;
  left = false;
  if (dialog.open) return; // again since
  dialog.querySelector("form")?.dispatchEvent(new Event("leave"));
  dialog.replaceChildren();
  if (!byBack && history.state?.drawer) history.back();
}

async function send(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form, event.submitter), headers: HEADERS });
    const next = answer.headers.get("HX-Redirect");
    if (next?.startsWith(location.pathname)) return (await show(next)) && tools.free();
    if (next) return event.submitter?.name === "then" ? following(next) : location.replace(next);
    if (!answer.redirected && (await draw(await answer.text()))) return tools.free();
  } catch {
    return tools.offline(form);
  }
  form.submit(); // the browser shows it; twice counts once
}

// "Save, next": the queue behind is drawn anew.
async function following(address) {
  const opened = await show(address);
  if (!opened) return;
  history.replaceState({ drawer: true }, "", opened);
  tools.free();
  htmx.ajax("GET", "/", { target: "main", select: "main", swap: "outerHTML" });
}
