// Buttons at the lower edge while the thread is on screen. × closes them for this visit, the reading settings for good.

import { conversations, newOnes, next, previous, thread } from "./moving.js";
import { visit } from "./visit.js";

export const corner = Object.assign(document.createElement("div"), { className: "corner" });
document.body.append(corner);

// `rest` is left out where the window is narrow, but not for screen readers.
export function button(label, onclick, rest = "") {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label, onclick });
  if (rest) made.append(Object.assign(document.createElement("span"), { className: "rest", textContent: rest }));
  return made;
}

export function closing(label, onclick) {
  const made = button("×", onclick);
  made.setAttribute("aria-label", label);
  return made;
}

function write() {
  document.querySelector("[data-cancel]")?.click();
  document.getElementById("text").focus();
}

export function showBar() {
  const list = thread.querySelector("ol.thread");
  if (!list) return;
  const bar = Object.assign(document.createElement("nav"), { className: "hop", hidden: true });
  const page = document.documentElement.classList;
  const show = (wanted) => { bar.hidden = !wanted; page.toggle("hopping", wanted); };
  const watch = new IntersectionObserver(([entry]) => show(entry.isIntersecting));
  const close = () => { watch.disconnect(); show(false); page.remove("barred"); visit.set("bar", "closed"); };
  bar.setAttribute("aria-label", "Through the thread");
  bar.append(button("Next", () => next(conversations()), "conversation"), button("Previous", () => previous(conversations())));
  const count = newOnes().length;
  if (count) bar.append(button("Next new", () => next(newOnes()), `(${count})`));
  if (document.getElementById("text")) bar.append(button("Write", write));
  bar.append(closing("Close these buttons", close));
  corner.append(bar);
  page.add("barred");
  watch.observe(list);
}
