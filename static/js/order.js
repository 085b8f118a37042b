// The form of an order adds up while it is typed; the server adds up the same when it is sent. Without this module its
// buttons do all of it by a round trip.

const form = document.querySelector("[data-order]");
const CHINESE = "零一二三四五六七八九";
const { symbol, decimals, most } = form.dataset;

const plain = (text) => text.normalize("NFKC").replace(/[,，\s]/g, "").replace(symbol.trim(), "").replace(/^[¥￥$]/, "");

function figure(text) {
  const bare = plain(text);
  return /^\d*\.?\d+$|^\d+\.$/.test(bare) ? Number(bare) : NaN;
}

// 9折 leaves nine tenths, 85折 and 八五折 85 of a hundred, 10% takes a tenth away; else an amount.
function discountOf(text, gross) {
  const bare = plain(text).replace(/[一二三四五六七八九]/g, (word) => CHINESE.indexOf(word));
  if (!bare) return 0;
  const tenths = /^([\d.]+)折$/.exec(bare);
  if (tenths) return gross * (1 - tenths[1] / (tenths[1] > 10 ? 100 : 10));
  const percent = /^[-−]?([\d.]+)%(off)?$/i.exec(bare);
  return percent ? (gross * percent[1]) / 100 : figure(bare);
}

const rounded = (value) => Math.round((value + Number.EPSILON) * 10 ** decimals) / 10 ** decimals;

function words(value) {
  const digits = Number.isInteger(rounded(value)) ? 0 : Number(decimals);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return symbol + rounded(value).toLocaleString("en-US", options);
}

const control = (line, name) => line.querySelector(`[name$="-${name}"]`);

function amountOf(line) {
  const { most: out, full } = line.querySelector("[data-full]")?.dataset ?? {};
  const quantity = figure(control(line, "quantity").value || (out ? "0" : "1")); // nothing comes back unsaid
  const price = control(line, "unit_price").value ? figure(control(line, "unit_price").value) : NaN;
  let off = discountOf(control(line, "discount").value, quantity * price);
  if (out && quantity < Number(out) && off === Number(full)) off = (off * quantity) / out; // by its share
  return Math.max(quantity * price - off, 0);
}

function addUp() {
  let total = 0;
  let known = false;
  for (const line of form.querySelectorAll(".order-line")) {
    const amount = amountOf(line);
    line.querySelector("output").textContent = Number.isNaN(amount) ? "—" : words(amount);
    if (Number.isNaN(amount)) continue;
    total += amount;
    known = true;
  }
  form.querySelector("[data-total]").textContent = known ? words(total) : "—";
}

// A product that was chosen brings its price, unless somebody typed another.
function priced(input) {
  const option = [...document.querySelectorAll("#products option")].find((one) => one.value === input.value);
  const price = control(input.closest(".order-line"), "unit_price");
  if (!option?.dataset.price || (price.value && price.value !== price.dataset.given)) return;
  price.value = price.dataset.given = option.dataset.price;
}

function addLine() {
  const lines = form.querySelectorAll(".order-line");
  if (lines.length >= most) return;
  const last = lines[lines.length - 1];
  const line = last.cloneNode(true);
  const number = lines.length;
  const renumbered = (text) => text.replace(/lines-\d+-/g, `lines-${number}-`);
  for (const part of line.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, renumbered(part.getAttribute(name)));
    }
  }
  line.querySelectorAll(".error").forEach((error) => error.remove());
  for (const input of line.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    delete input.dataset.given;
  }
  line.setAttribute("aria-label", line.getAttribute("aria-label").replace(/\d+/, number + 1));
  last.after(line);
  window.htmx?.process(line);
  control(line, "product").focus();
  addUp();
}

form.addEventListener("input", (event) => {
  if (event.target.name?.endsWith("-product")) priced(event.target);
  addUp();
});
form.addEventListener("change", (event) => {
  if (event.target.name?.endsWith("-product")) priced(event.target);
  addUp();
});
form.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) {
    const line = step.closest(".order-line");
    const input = control(line, "quantity");
    const wanted = (figure(input.value || "0") || 0) + Number(step.dataset.step);
    input.value = Math.min(Math.max(wanted, 0), Number(step.parentElement.dataset.most));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (!event.target.closest("[name=add_line]") || form.querySelector(".with-steps")) return;
  event.preventDefault();
  addLine();
});
// Enter in a line would press the first button of the form, which only adds a line.
form.querySelectorAll("[data-without-script]").forEach((button) => (button.hidden = true));
form.querySelectorAll("[data-step]").forEach((button) => (button.hidden = false));
addUp();
