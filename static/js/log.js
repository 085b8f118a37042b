// The log form: the day beside "As planned" follows what came of the contact, and the day on which it was.

const asked = new WeakMap(); // form: the day and stage for which the plan was asked last

export function changed(field) {
  const form = field.form;
  const plans = form.querySelector("[data-plans]"); // a correction plans nothing
  if (plans && ["occurred_at", "stage"].includes(field.name)) count(form);
  else if (plans && field.name === "result") show(form);
  else if (field.checked && field.dataset.opens) document.getElementById(field.dataset.opens).focus();
}

// The heading of a prompt on a line of its own at the end of the note, ready to write on.
export function insert(prompt) {
  const note = prompt.closest("form").elements.summary;
  const before = note.value.trimEnd();
  note.value = `${before}${before ? "\n" : ""}${prompt.dataset.inserts}${note.dataset.colon}`;
  note.focus();
  note.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(form) {
  const step = form.querySelector("[data-plans]");
  const plans = JSON.parse(step.dataset.plans);
  const [day, why] = plans[form.elements.result.value || "reached"] ?? ["", ""];
  const place = step.querySelector("[data-plan-day]");
  if (place) place.textContent = day;
  step.querySelector("[data-plan-why]").textContent = why;
}

// Days off count, so the server says. Until it has, or where it can't be asked, no day stands there at all.
async function count(form) {
  const step = form.querySelector("[data-plans]");
  const { occurred_at, stage } = form.elements;
  const on = `&on=${occurred_at.value.slice(0, 10)}&stage=${stage.value}`;
  asked.set(form, on);
  step.dataset.plans = "{}";
  show(form);
  try {
    const answer = await fetch(form.getAttribute("action") + on, { headers: { "HX-Request": "true" } });
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked.get(form) !== on) return;
    step.dataset.plans = part.querySelector("[data-plans]").dataset.plans;
    show(form);
  } catch {
    // it stays without a day
  }
}
