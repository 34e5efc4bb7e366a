// How much waits, and who else looks at this case: asked every thirty seconds while the page is seen.
// The list does not move under the hand: what came stands in the number alone.

const EVERY = 30_000;

async function ask() {
  if (document.visibilityState !== "visible") return;
  const open = document.querySelector("[data-case]")?.dataset.case ?? "";
  try {
    const answer = await fetch(`/moderation/waiting/?case=${open}`, { redirect: "error" });
    if (answer.ok) tell(await answer.json());
  } catch { /* The next time, perhaps. */ }
}

function tell({ waiting, looking }) {
  for (const place of document.querySelectorAll("[data-waiting]")) place.textContent = waiting;
  const note = document.querySelector("[data-looking]");
  if (!note) return;
  note.hidden = !looking;
  note.querySelector("b").textContent = looking;
}

export function watch() {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
