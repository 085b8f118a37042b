// A card of the calendar is drawn to another day with the mouse. The menu of a card does the same without.
let drawn;

document.addEventListener("dragstart", (event) => {
  drawn = event.target.closest?.("[data-move]");
  if (!drawn) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", drawn.innerText);
  drawn.classList.add("drawn");
});

document.addEventListener("dragend", () => {
  drawn?.classList.remove("drawn");
  mark(null);
  drawn = null;
});

document.addEventListener("dragover", (event) => {
  const day = target(event);
  mark(day);
  if (day) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const day = target(event);
  if (!day) return;
  event.preventDefault();
  const form = document.getElementById("drop");
  form.setAttribute("action", drawn.dataset.move);
  form.elements.on.value = day.dataset.day;
  form.elements.version.value = drawn.dataset.version;
  form.requestSubmit();
});

// The day under the pointer, if a card is held over it that stands elsewhere.
function target(event) {
  const day = drawn && event.target.closest?.("[data-day]");
  return day && !day.contains(drawn) ? day : null;
}

function mark(day) {
  for (const other of document.querySelectorAll("[data-day].receives")) if (other !== day) other.classList.remove("receives");
  day?.classList.add("receives");
}

// On a phone a menu covers its card: it says whom it moves.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const said = target.querySelector("[data-moved]");
    if (said) said.textContent = target.closest("[data-move]").querySelector("a[data-user]").textContent;
  },
  true,
);
