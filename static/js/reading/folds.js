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

// Whether anything was folded, so that the page is shorter than it was.
export function restoreFolds() {
  if (isAsked) return visit.set(place, "");
  const closed = (visit.get(place) ?? "").split(" ");
  const folds = [...thread.querySelectorAll("li > details[open]")].filter((details) => closed.includes(nameOf(details)));
  for (const details of folds) details.open = false;
  rememberFolds();
  return folds.length > 0;
}
