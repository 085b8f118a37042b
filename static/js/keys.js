// The keyboard. Single keys count only outside of fields and only while the profile allows them (body[data-keys]).

const GO = "tcdf";
let waiting = 0;

export function press(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return save(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.body.hasAttribute("data-keys") || isTyping(event.target)) return;
  const dialog = document.querySelector("dialog:modal");
  const act = dialog ? digit(event.key, dialog) : single(event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

function isTyping(node) {
  return node.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
}

function single(key) {
  if (Date.now() < waiting && GO.includes(key)) {
    waiting = 0;
    return follow(`.side [data-key="${key}"], .sheet [data-key="${key}"]`);
  }
  switch (key) {
    case "g":
      return () => (waiting = Date.now() + 1500);
    case "/":
      return focusOn(visible("input[type=search][name=q]"));
    case "?":
      return () => document.getElementById("keys")?.showModal();
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "x":
      return click(row()?.querySelector("input[type=checkbox]"));
    case "l":
      return click(row()?.querySelector("[data-action=log]") ?? document.querySelector("main [data-action=log], .tabbar .add"));
    case "e":
      return click(row()?.querySelector("[data-action=edit]") ?? document.querySelector("main [data-action=edit]"));
    case "n":
      return click(document.querySelector("main [data-action=new]") ?? document.querySelector('.top [data-key="n"]'));
    case "[":
      return click(document.querySelector("main a[rel=prev]"));
    case "]":
      return click(document.querySelector("main a[rel=next]"));
  }
  return digit(key, document);
}

function digit(key, place) {
  return /^[1-9]$/.test(key) ? click(place.querySelectorAll("[data-digits] input[type=radio]")[key - 1]) : undefined;
}

function visible(selector) {
  return [...document.querySelectorAll(selector)].find((node) => node.offsetParent !== null);
}

const click = (node) => node && (() => node.click());
const follow = (selector) => click(document.querySelector(selector));
const focusOn = (node) => node && (() => (node.focus(), node.select()));

// --- rows: [data-row], the current one is marked
const rows = () => [...document.querySelectorAll("[data-row]")].filter((node) => node.offsetParent !== null);
const row = () => document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].at, [data-row]:target");

export function at(next) {
  document.querySelector("[data-row].at")?.classList.remove("at");
  next?.classList.add("at");
}

function step(by) {
  const all = rows();
  if (!all.length) return undefined;
  return () => {
    const now = all.indexOf(row());
    const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
    at(next);
    (next.querySelector("a") ?? next.querySelector("button, input"))?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
}

function save(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("dialog[open] form") ?? document.querySelector("main form[method=post]");
  if (!form?.matches("[method=post]")) return;
  event.preventDefault();
  const button = form.querySelector("[data-action=save]") ?? form.querySelector("button[type=submit], button:not([type])");
  form.requestSubmit(button ?? undefined);
}
