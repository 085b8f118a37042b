// Files of a form go up as they are chosen or dropped; form and draft carry their tokens.

const sent = new WeakMap(); // form: its files, each true once it is there

export function chosen(input) {
  const { form } = input;
  for (const old of form.querySelectorAll(".refused")) old.remove(); // it was read
  if (!sent.has(form)) form.addEventListener("submit", hold, { capture: true });
  const files = [...input.files].map((file) => add(input.closest("[data-files]"), file));
  sent.set(form, files.concat(sent.get(form) ?? []));
  input.value = ""; // else the form would bring them once more
}

async function add(place, file) {
  const line = draw(place, file);
  if (place.querySelectorAll(":checked:enabled").length >= place.dataset.most) return refuse(line, place.dataset.full);
  try {
    const body = new FormData();
    body.append("file", file);
    body.append("csrfmiddlewaretoken", place.closest("form").elements.csrfmiddlewaretoken.value);
    const answer = await fetch(place.dataset.address, { method: "POST", body });
    const told = await answer.json();
    if (answer.ok) return keep(line, told);
    refuse(line, told.error);
  } catch {
    refuse(line, place.dataset.failed);
  }
}

function draw(place, file) {
  const line = place.querySelector("template").content.firstElementChild.cloneNode(true);
  const image = line.querySelector("img");
  if (file.type.startsWith("image/")) {
    image.src = URL.createObjectURL(file);
    image.onload = image.onerror = () => URL.revokeObjectURL(image.src);
  } else image.remove();
  line.querySelector(".grow").textContent = file.name;
  place.querySelector(".files-kept").append(line);
  return line;
}

function keep(line, told) {
  line.className = "file";
  const box = line.querySelector("input");
  box.value = told.token;
  box.disabled = box.hidden = false;
  line.querySelector(".grow").textContent = told.name;
  line.querySelector(".muted").textContent = told.size;
  box.dispatchEvent(new Event("input", { bubbles: true })); // a draft keeps it
  return true;
}

function refuse(line, text) {
  line.className = "file refused";
  line.setAttribute("role", "alert");
  line.querySelector("input").remove();
  line.querySelector(".muted").textContent = "";
  line.querySelector(".grow").textContent = text;
}

// The first press after a file was refused shows that file instead.
async function hold(event) {
  const form = event.currentTarget;
  const files = sent.get(form);
  if (!files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sent.set(form, []);
  // Later: a browser ignores it while this event is under way.
  if ((await Promise.all(files)).every(Boolean)) setTimeout(() => form.requestSubmit(event.submitter));
  else form.querySelector(".refused").scrollIntoView({ block: "center" });
}
