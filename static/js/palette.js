// The palette (Ctrl+K): customers from the server as one types, commands of the menu below them.

const dialog = document.getElementById("palette");
const input = dialog.querySelector("input[type=search]");
const results = dialog.querySelector("[data-results]");
const commands = fromMenus(dialog.querySelector("[data-commands]"));
const WAIT = 150;
const TYPING_A_MOBILE = /^1[3-9]\d{5,8}$/;
let timer = 0;
let running;
let at = 0;

// The commands are the links of the "New" menu and of the sidebar, so they follow the person's permissions.
function fromMenus(place) {
  const links = document.querySelectorAll(".top .new a, .side nav a");
  place.replaceChildren(...[...links].map((link) => {
    const copy = link.cloneNode(true);
    copy.removeAttribute("aria-current");
    copy.querySelector(".count")?.remove();
    return copy;
  }));
  return [...place.children];
}

export function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.value = "";
  results.replaceChildren();
  filter();
}

function options() {
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
  for (const link of commands) link.hidden = !link.textContent.toLowerCase().includes(wanted);
  mark(0);
}

// A newer letter aborts the older question.
async function ask() {
  running?.abort();
  const wanted = input.value.trim();
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
    results.replaceChildren(...fragment.body.childNodes);
    if (answer.ok && !options().length) results.textContent = input.dataset.noResults;
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
