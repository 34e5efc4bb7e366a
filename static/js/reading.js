// Saves steps when reading a thread. It comes when somebody begins to read (see the end of write.js): a page that is
// only opened asks for one script. Without it every comment still has its links, and `details` fold by themselves.

import { showBar } from "./reading/bar.js";
import { restoreFolds, rememberFolds } from "./reading/folds.js";
import { press } from "./reading/keys.js";
import { go, thread } from "./reading/moving.js";
import { letPeek } from "./reading/peek.js";
import { watchForNew } from "./reading/check.js";
import { visit } from "./reading/visit.js";

const settings = document.documentElement.classList;

// The browser has scrolled to the comment in the address; keyboards and screen readers go on from there too.
function follow(options) {
  if (location.hash.startsWith("#c")) go(document.getElementById(location.hash.slice(1))?.closest(".c"), options);
}

const isShorter = restoreFolds();
thread.addEventListener("toggle", rememberFolds, true);
// What was folded above the comment has moved it. And until the page is there whole, the browser takes the focus away
// each time it scrolls to the comment.
const arrive = () => setTimeout(follow, 0, { scroll: isShorter });
if (document.readyState === "complete") arrive();
else addEventListener("load", arrive);
addEventListener("hashchange", () => follow());
if (settings.contains("keys")) document.addEventListener("keydown", press);
if (!settings.contains("no-bar") && visit.get("bar") !== "closed") showBar();
letPeek();
if (thread.dataset.last) watchForNew();
