// Keeps what is typed on the site every few seconds, beside the post: a dead browser costs seconds, not evenings.

import { addStatusLine } from "./typing.js";

const PAUSE = 3_000;
const PATIENCE = 10_000;
// Browsers send at most 64 kB after a page is gone.
const KEEPALIVE = 60_000;
const FIELDS = ["title", "body", "labels"];
const SAID = {
  403: "You are signed out. Sign in in another tab, then go on here.",
  409: "Saved elsewhere meanwhile; saving here will show both.",
};

export function keepDraft(form) {
  if (!document.getElementById("id_tab")) return;
  const line = addStatusLine(form.elements.body, "draft-state");
  const typed = (which = "value") => JSON.stringify(FIELDS.map((name) => form.elements[name][which]));
  let kept = typed("defaultValue");
  let keptAt = "";
  let failures = 0;
  let sending = null;
  let isStopped = false;
  let leftWith = "";

  function say(sentence) {
    const isTrouble = failures > 1;
    line.className = isTrouble ? "error" : "hint";
    // Told aloud only in trouble, and once: nobody can write while a voice counts the seconds.
    if (isTrouble) line.setAttribute("role", "alert");
    else line.removeAttribute("role");
    if (line.textContent !== sentence) line.textContent = sentence;
  }

  async function send(isLeaving = false) {
    const now = typed();
    const names = ["csrfmiddlewaretoken", "tab", "post", "version", ...FIELDS];
    const body = new URLSearchParams(names.map((name) => [name, form.elements[name]?.value ?? ""]));
    const keepalive = isLeaving && body.toString().length < KEEPALIVE;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE);
    sending = limit;
    let said = "";
    try {
      const answer = await fetch("/desk/autosave/", { method: "POST", body, keepalive, signal: limit.signal });
      if (answer.status === 409) kept = now;
      if (answer.status === 403) await renewToken(form);
      said = SAID[answer.status] ?? "";
      const told = said ? {} : await answer.json();
      said ||= told.error ?? "";
      if (!told.saved_at) throw new Error(said);
      keptAt = told.saved_at;
      [kept, failures] = [now, 0];
      say(`Draft kept at ${keptAt}.`);
    } catch {
      if (isStopped) return;
      failures += 1;
      leftWith = "";
      const since = keptAt ? `since ${keptAt}` : "yet";
      say(said || `Not kept ${since}: the site cannot be reached. Keep this page open; it is tried again.`);
    } finally {
      clearTimeout(timer);
      if (sending === limit) sending = null;
    }
  }

  // Browsers say it twice when a page is left.
  function leave() {
    if (isStopped || typed() === kept || typed() === leftWith) return;
    leftWith = typed();
    send(true);
  }

  setInterval(() => { if (!isStopped && !sending && typed() !== kept) send(); }, PAUSE);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) isStopped = false; });
  addEventListener("beforeunload", (event) => {
    if (isStopped || !failures || typed() === kept) return;
    event.preventDefault();
    event.returnValue = "";
  });
  form.addEventListener("submit", () => { isStopped = true; sending?.abort(); });
}

// Signing in (in another tab) makes the form's token stale: a fresh one stands on a fresh copy of this page.
async function renewToken(form) {
  const page = await fetch(location.href);
  const token = page.redirected ? null : (await page.text()).match(/name="csrfmiddlewaretoken" value="(\w+)"/);
  if (token) form.elements.csrfmiddlewaretoken.value = token[1];
}
