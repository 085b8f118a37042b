// The palette (Ctrl+K): what the server finds as one types, then what can be done with the open record, then the menu.

const dialog = document.getElementById("palette");
const input = dialog.querySelector("input[type=search]");
const results = dialog.querySelector("[data-results]");
const said = dialog.querySelector("[data-said]");
const groups = [fromRecord(dialog.querySelector("[data-of-record]")), fromMenus(dialog.querySelector("[data-commands]"))];
const WAIT = 150;
const TYPING_A_MOBILE = /^1[3-9]\d{5,8}$/;
let timer = 0;
let running;
let at = 0;

// What stands as a link in the head of a record's page ([data-record] holds its name): log, plan, order, complaint.
function fromRecord(place) {
  const record = document.querySelector("main [data-record]");
  const seen = new Map([...(record?.querySelectorAll("a[href]") ?? [])].map((link) => [link.href, link]));
  place.querySelector("[data-name]").textContent = record?.dataset.record ?? "";
  place.setAttribute("aria-label", record?.dataset.record ?? "");
  const links = [...seen.values()];
  return copies(place, [...links.filter((link) => !link.ariaLabel), ...links.filter((link) => link.ariaLabel)]);
}

// The commands are the links of the "New" menu and of the sidebar, so they follow the person's permissions.
function fromMenus(place) {
  return copies(place, document.querySelectorAll(".top .new a, .side nav a"));
}

function copies(place, links) {
  const made = [...links].map((link) => {
    const copy = link.cloneNode(true);
    for (const name of ["aria-current", "class", "data-action", "data-key", "id"]) copy.removeAttribute(name);
    copy.querySelector(".count")?.remove();
    const words = copy.ariaLabel && Object.assign(document.createElement("span"), { textContent: copy.ariaLabel });
    if (words) copy.replaceChildren(copy.querySelector("svg") ?? "", words);
    return copy;
  });
  place.append(...made);
  return { place, links: made };
}

export function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.value = "";
  results.replaceChildren();
  said.textContent = "";
  filter();
}

function options() {
  const commands = groups.flatMap(({ links }) => links);
  return [...results.querySelectorAll("a"), ...commands.filter((link) => !link.hidden)];
}

function mark(index) {
  const all = options();
  at = all.length ? (index + all.length) % all.length : 0;
  all.forEach((option, i) => {
    option.id ||= `option-${Math.random().toString(36).slice(2)}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(i === at));
  });
  if (all[at]) input.setAttribute("aria-activedescendant", all[at].id);
  else input.removeAttribute("aria-activedescendant");
  all[at]?.scrollIntoView({ block: "nearest" });
}

function filter() {
  const wanted = input.value.trim().toLowerCase();
  for (const { place, links } of groups) {
    for (const link of links) link.hidden = !link.textContent.toLowerCase().includes(wanted);
    place.hidden = links.every((link) => link.hidden);
  }
  mark(0);
}

// A newer letter aborts the older question.
async function ask() {
  running?.abort();
  const wanted = input.value.trim();
  said.textContent = "";
  if (!wanted) return results.replaceChildren();
  if (TYPING_A_MOBILE.test(wanted)) return; // searches for whole numbers are counted, so wait for all of it
  running = new AbortController();
  try {
    const answer = await fetch(`/search/?q=${encodeURIComponent(wanted)}`, {
      signal: running.signal,
      headers: { "HX-Request": "true" },
    });
    if (!answer.ok && answer.status !== 429) return; // 429 says in words what was too much
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    const nothing = fragment.querySelector("[data-nothing]");
    said.replaceChildren(...(nothing ? [nothing] : []));
    results.replaceChildren(...fragment.body.childNodes);
    mark(0);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

input.addEventListener("input", () => {
  filter();
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  // A search field would take the first Esc to empty itself.
  if (event.key === "Escape") {
    event.preventDefault();
    dialog.close();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(at + (event.key === "ArrowDown" ? 1 : -1));
  }
  if (event.key === "Enter" && options()[at]) {
    event.preventDefault();
    options()[at].click();
  }
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
