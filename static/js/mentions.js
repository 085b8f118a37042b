// @ in a note or a comment: the names that fit what stands behind it, from [data-mentions], below the field. Without
// script the name is simply typed.
const OPEN = /(?:^|[^\w.%+-])@([^\s@]{0,20})$/;
let list;
let asked = 0;

export async function typed(area) {
  const found = OPEN.exec(area.value.slice(0, area.selectionStart));
  const turn = ++asked;
  if (!found) return close();
  const answer = await fetch(`${area.dataset.mentions}?q=${encodeURIComponent(found[1])}`).catch(() => null);
  if (turn !== asked || !answer?.ok) return;
  const { names } = await answer.json();
  if (turn === asked) show(area, found[1], names);
}

function show(area, text, names) {
  close();
  if (!names.length) return;
  list = Object.assign(document.createElement("ul"), { className: "mention-names", role: "listbox", id: "mention-names" });
  for (const name of names) {
    const item = Object.assign(document.createElement("li"), { role: "option", textContent: name });
    item.addEventListener("mousedown", (event) => (event.preventDefault(), take(area, text, name)));
    list.append(item);
  }
  mark(0);
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  area.onkeydown = (event) => press(event, area, text);
  area.addEventListener("blur", close, { once: true });
}

const at = () => [...list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");

function mark(n) {
  const all = [...list.children];
  all.forEach((item, place) => item.setAttribute("aria-selected", String(place === (n + all.length) % all.length)));
}

function press(event, area, text) {
  if (!list || event.isComposing) return;
  const choose = () => take(area, text, list.children[at()].textContent);
  const move = (by) => () => mark(at() + by);
  const act = { ArrowDown: move(1), ArrowUp: move(-1), Enter: choose, Tab: choose, Escape: close }[event.key];
  if (!act || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function take(area, text, name) {
  const end = area.selectionStart;
  area.setRangeText(`${name} `, end - text.length, end, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  list?.remove();
  list = undefined;
}
