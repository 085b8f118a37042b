// The page of check-ins: the position is asked for with a tap, shown, sent with the form, and dropped when it is old.
const form = document.getElementById("sign-in");
const button = form.querySelector("[data-locate]");
const told = form.querySelector("[data-position]");
const without = form.querySelector("[data-without]");
const FRESH = 5 * 60 * 1000;
const ASKED = { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 };
const { latitude, longitude, accuracy, csrfmiddlewaretoken } = form.elements;
let timer;

function put(where) {
  clearTimeout(timer);
  latitude.value = where?.latitude ?? "";
  longitude.value = where?.longitude ?? "";
  accuracy.value = where?.accuracy ?? "";
  without.hidden = Boolean(where);
  offer();
  if (where) timer = setTimeout(() => (put(), (told.textContent = form.dataset.gone)), FRESH);
}

// What only makes sense with a position.
function offer() {
  for (const part of document.querySelectorAll("[data-with]")) {
    part.hidden = !latitude.value;
    if (part.hidden) part.querySelector("input").checked = false;
  }
}

function located({ coords }) {
  button.removeAttribute("aria-busy");
  put(coords);
  told.textContent = `${form.dataset.found} ± ${Math.round(coords.accuracy)} m`;
  const values = { latitude: latitude.value, longitude: longitude.value, accuracy: accuracy.value };
  values.csrfmiddlewaretoken = csrfmiddlewaretoken.value;
  htmx.ajax("POST", form.dataset.near, { target: "#near", values });
}

function failed({ code, PERMISSION_DENIED }) {
  button.removeAttribute("aria-busy");
  put();
  without.open = true;
  told.textContent = code === PERMISSION_DENIED ? form.dataset.refused : form.dataset.unknown;
  form.elements.reason.value = code === PERMISSION_DENIED ? "refused" : "no_signal";
}

if (navigator.geolocation) {
  button.hidden = false;
  without.open = "wrong" in without.dataset;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    told.textContent = form.dataset.asking;
    navigator.geolocation.getCurrentPosition(located, failed, ASKED);
  });
}
document.addEventListener("htmx:afterSwap", offer);
