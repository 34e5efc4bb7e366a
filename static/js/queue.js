// Single keys for moderators. What a key does stands on the page: it presses what bears its name in data-key.
// Never with Ctrl, Alt or Meta, never while typing, never for a key that is held down. Switched off in the sheet ("?").

import { step, tick } from "./queue/rows.js";
import { isOn, sheet } from "./queue/sheet.js";
import { watch } from "./queue/watching.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, dialog";
let leaving = false;

function popped() { return document.querySelector(".pop[open]"); }

// A number counts while its reasons are open.
function wanted(key) {
  const places = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return places.find((place) => !/\d/.test(key) || place.closest(".pop").open);
}

function press(place) {
  const field = place.dataset.needs && document.getElementById(place.dataset.needs);
  if (field && !field.value.trim()) {
    field.closest("details")?.setAttribute("open", "");
    return field.focus();
  }
  place.click();
  if (place.matches("summary") && place.parentElement.open) (place.nextElementSibling.querySelector("button, textarea") ?? place).focus();
  if (place.dataset.key === "n") document.getElementById("remark").focus();
}

function escape() {
  const open = popped();
  if (open) { open.open = false; open.querySelector("summary").focus(); } else document.activeElement.blur();
}

addEventListener("keydown", (event) => {
  if (leaving) return event.preventDefault();
  if (event.repeat || event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey) return send(event);
  if (event.key === "Escape" && !sheet.open) return escape();
  if (event.target.closest(TYPING) || !isOn()) return;
  if (event.key === "?") return sheet.showModal();
  const place = wanted(event.key);
  if (!place && !tick(event.key) && !step(event.key)) return;
  event.preventDefault();
  if (place) press(place);
});

// Ctrl and Enter in a field press the button that goes with it.
function send(event) {
  if (event.key !== "Enter" || !event.target.matches("#decision textarea")) return;
  const near = event.target.closest(".row, .pop > div");
  (near ? near.querySelector("[data-submits]") : event.target.form.querySelector(".big > [data-submits]"))?.click();
}

// Two presses are one decision; a page that Back brings again may decide again.
addEventListener("submit", (event) => { leaving = event.target.getAttribute("method") !== "dialog"; });
addEventListener("pageshow", () => { leaving = false; });
for (const pop of document.querySelectorAll(".pop")) {
  pop.addEventListener("toggle", () => { if (pop.open) for (const other of document.querySelectorAll(".pop[open]")) if (other !== pop) other.open = false; });
}
document.querySelector("#waiting [aria-current]")?.scrollIntoView({ block: "nearest" });
watch();
