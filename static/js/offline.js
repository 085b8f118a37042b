// The empty log form, without a request: in a dialog on Today, and on the page without a network.
import { editing, forget, keep, sayKept } from "./outbox.js";

const CONTACT = ["customer", "customer_name", "kind", "result", "summary"];
const MINUTE = 60 * 1000;

// `kept`: called with the fields and their key once they are sealed. The customer's name is what stands on the screen,
// or what was typed. Gives what asks, before `go` leaves the form, what shall become of what is typed in it.
export function prepare(form, { customer = "", name = "", kept }) {
  const { elements } = form;
  const ask = form.querySelector("[data-leaving]");
  let key = "";
  let typed = false;

  function begin() {
    editing.delete(key);
    editing.add((key = crypto.randomUUID()));
    typed = false;
    form.reset();
    elements.customer.value = customer;
    elements.customer_name.value = name;
    const now = new Date();
    elements.when.value = new Date(now - now.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
  }

  async function seal() {
    const fields = CONTACT.map((field) => [field, elements[field].value]);
    const at = new Date(elements.when.value);
    if (at > 0) fields.push(["happened_at", at.toISOString()]);
    const done = await keep(fields, key).catch(() => false);
    form.querySelector("[data-not-kept]").hidden = done;
    return done && fields;
  }

  async function finish() {
    const fields = await seal();
    const own = key;
    if (!fields) return false;
    begin();
    kept(fields, own);
    return true;
  }

  function leave(go) {
    if (!typed) return go();
    ask.returnValue = "";
    ask.showModal();
    ask.onclose = async () => {
      if (ask.returnValue === "drop") await forget(key).then(begin, begin);
      else if (ask.returnValue !== "keep" || !(await finish())) return;
      go();
    };
  }

  begin();
  elements.customer_name.required = !customer;
  elements.customer_name.closest(".field").hidden = Boolean(customer && !name); // chosen on a page that isn't here
  for (const radio of form.querySelectorAll("[name=result]")) radio.required = true;
  ask.addEventListener("click", ({ target }) => target.value && ask.close(target.value));
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
  // Whatever ends the page, it is sealed first: what isn't whole becomes a draft on the server.
  document.addEventListener("visibilitychange", () => typed && document.visibilityState === "hidden" && seal());
  addEventListener("beforeunload", (event) => typed && event.preventDefault());
  return leave;
}

export function openDialog(link) {
  const template = document.getElementById("offline-log");
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: template.dataset.css });
  if (!document.head.querySelector(`link[href="${template.dataset.css}"]`)) document.head.append(style);
  const dialog = template.content.firstElementChild.cloneNode(true);
  const cancel = dialog.querySelector("[data-cancel]");
  const name = link.closest("[data-row], li")?.querySelector("[data-user]")?.textContent.trim() ?? "";
  const customer = new URL(link.href).searchParams.get("customer") ?? "";
  const close = () => dialog.close();
  const leave = prepare(dialog.querySelector("form"), { customer, name, kept: () => (close(), sayKept()) });
  cancel.hidden = false;
  cancel.addEventListener("click", () => leave(close));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave(close);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
