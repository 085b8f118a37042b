// Drafts of forms marked data-draft="KEY": what was typed goes to the server 3 s after the last change, never into the
// browser: a shared computer holds no customer data.

const PAUSE = 3000;
const SKIP = new Set(["csrfmiddlewaretoken", "idempotency_key"]);

export function follow(form) {
  let timer = 0;
  let sent = "";
  const state = form.querySelector("[data-draft-state]") ?? document.querySelector(`[data-draft-of="${form.getAttribute("id")}"]`);

  function typed() {
    const entries = [...new FormData(form)].filter(([name, value]) => !SKIP.has(name) && typeof value === "string");
    return JSON.stringify(entries);
  }

  async function save() {
    clearTimeout(timer);
    const data = typed();
    if (data === sent || form.classList.contains("sending")) return;
    const body = new URLSearchParams({
      form_key: form.dataset.draft,
      data,
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken?.value ?? "",
    });
    try {
      const answer = await fetch("/drafts/", { method: "POST", body, keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      sent = data;
      form.classList.remove("dirty");
      show("saved");
    } catch {
      show("failed");
    }
  }

  // The words for both states stand in the template, in the reader's language.
  function show(name) {
    if (!state) return;
    state.hidden = false;
    state.classList.toggle("ok", name === "saved");
    state.classList.toggle("danger", name === "failed");
    state.dataset.draftState = name;
    state.textContent = state.dataset[name] ?? "";
  }

  function later() {
    form.classList.add("dirty");
    if (state?.dataset.draftState === "saved") state.hidden = true; // no longer true of what stands there
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("leave", () => form.classList.contains("dirty") && save());
  later();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && form.classList.contains("dirty")) save();
  });
}
