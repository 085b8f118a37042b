// The eye button of password fields.
document.addEventListener("click", ({ target }) => {
  const eye = target.closest("[data-show-password]");
  if (!eye) return;
  const input = eye.parentElement.querySelector("input");
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  eye.setAttribute("aria-pressed", String(shown));
});
