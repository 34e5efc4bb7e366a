// Asks each minute, for an hour at most and only while the tab is looked at, whether comments came; and says so
// without moving the page.

import { closing, corner } from "./bar.js";
import { thread } from "./moving.js";

const MINUTE = 60_000;
const LONGEST = 60 * MINUTE;

export function watchForNew() {
  const { path, last } = thread.dataset;
  // Times of comments are cut to the minute.
  const opened = new Date(performance.timeOrigin).toISOString().slice(0, 16);
  const line = Object.assign(document.createElement("p"), { className: "came" });
  line.setAttribute("role", "status");
  corner.prepend(line);
  let said = 0;
  const timer = setInterval(async () => {
    if (performance.now() > LONGEST) return clearInterval(timer);
    if (document.hidden) return;
    const answer = await fetch(`${path}/new?after=${last}`).catch(() => null);
    const came = answer?.ok ? (await answer.json()).new : 0;
    if (came <= said) return;
    said = came;
    const show = Object.assign(document.createElement("a"), { textContent: "Show them" });
    show.href = `${path}?since=${opened}Z#comments`;
    line.replaceChildren(`${came} new comment${came === 1 ? "" : "s"}. `, show, closing("Close", () => line.replaceChildren()));
  }, MINUTE);
}
