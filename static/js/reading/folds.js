// Folds last for this visit. `?fold=` in the address says how the thread is folded; then nothing is remembered.

import { thread } from "./moving.js";
import { visit } from "./visit.js";

const place = `folds:${location.pathname}`;
const isAsked = new URLSearchParams(location.search).has("fold");
const nameOf = (details) => details.parentElement.querySelector(".c").id;

export function rememberFolds() {
  const closed = [...thread.querySelectorAll("li > details:not([open])")].map(nameOf);
  visit.set(place, closed.join(" "));
}

export function restoreFolds() {
  if (isAsked) return visit.set(place, "");
  const closed = (visit.get(place) ?? "").split(" ");
  for (const details of thread.querySelectorAll("li > details[open]")) {
    if (closed.includes(nameOf(details))) details.open = false;
  }
  rememberFolds();
}
