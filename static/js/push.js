// Notices on this device: [data-push] holds the installation's public key. The browser's subscription goes into its
// fields and is sent as a form. What is shown then is push-receiver.js' part of the service worker.
const form = document.querySelector("[data-push]");
const denied = document.querySelector("[data-push-denied]");
const missing = document.querySelector("[data-push-missing]");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function offer() {
  const worker = "PushManager" in window && (await navigator.serviceWorker?.getRegistration("/"));
  if (!worker) return;
  missing.hidden = true;
  form.hidden = Notification.permission === "denied";
  denied.hidden = !form.hidden;
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return offer();
  const worker = await navigator.serviceWorker.ready;
  const key = bytes(form.dataset.push);
  const old = await worker.pushManager.getSubscription();
  // One for another key would be refused for good: the installation has a new SECRET_KEY.
  if (old && text(old.options.applicationServerKey) !== form.dataset.push) await old.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  form.elements.endpoint.value = made.endpoint;
  form.elements.public_key.value = text(made.getKey("p256dh"));
  form.elements.auth.value = text(made.getKey("auth"));
  form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  subscribe().catch(offer);
});
if (form) offer();
