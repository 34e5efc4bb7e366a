// Saves steps when writing: answers in place, a press that can be repeated, and no text lost to a dead network.
// Without it every form here works as well, on a page of its own.

const PATIENCE = 30_000;
const REPLY = '.acts a[href*="/reply?to="]';
const form = document.querySelector("form[data-write]");
// Scripts that are on their way to this page, and what will ask for one: an answer in its place must not meet them.
const coming = [];
let late;

function hidden(name, value) {
  form.querySelector(`input[name=${name}]`)?.remove();
  if (!value) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  form.append(input);
}

function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(sentence, isTrouble = false) {
  const line = form.querySelector("[data-state]");
  line.textContent = sentence;
  line.className = isTrouble ? "error" : "hint";
  form.querySelector(".buttons button").setAttribute("aria-disabled", String(Boolean(sentence) && !isTrouble));
}

// Sent in the background: if the network fails, the text is still on the page. With the nonce, sending again is
// the same comment and the same receipt. What the server has to say to a mistake is shown as it says it.
async function send(event) {
  if (event.submitter?.formAction.endsWith("/preview")) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  say("Sending …");
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, signal: limit.signal });
    if (answer.redirected) {
      draft.drop();
      removeEventListener("pagehide", draft.keep);
      return location.assign(answer.url);
    }
    const page = await answer.text();
    clearTimeout(late);
    await Promise.allSettled(coming);
    document.open();
    document.write(page);
    document.close();
  } catch {
    const button = form.querySelector(".buttons button").textContent;
    say(`The site could not be reached. Your text is still here: press ${button} again in a moment.`, true);
    delete form.dataset.sending;
  } finally {
    clearTimeout(timer);
  }
}

// What is typed and not sent yet, kept for this tab alone and for a day, by what it answers. Nobody finds it there who
// opens the browser later; a receipt code is never kept.
const draft = {
  DAY: 24 * 3_600_000,
  timer: 0,
  get name() { return `draft:${form.action}:${form.elements.reply_to?.value ?? ""}`; },
  get fields() { return ["title", "text", "name"].map((id) => form.elements.namedItem(id)).filter(Boolean); },
  keep() {
    clearTimeout(draft.timer);
    const values = draft.fields.map((field) => field.value);
    try {
      if (form.elements.text.value) sessionStorage.setItem(draft.name, JSON.stringify({ at: Date.now(), values }));
      else sessionStorage.removeItem(draft.name);
    } catch { /* The browser keeps nothing. */ }
  },
  drop() {
    clearTimeout(draft.timer);
    try { sessionStorage.removeItem(draft.name); } catch { /* Nothing was kept. */ }
  },
  // What is typed goes along when it is to answer something else.
  moveTo(target) {
    const typed = form.elements.text.value;
    if (typed) draft.drop();
    hidden("reply_to", target);
    if (typed) draft.keep();
    else draft.restore();
  },
  restore() {
    if (form.elements.text.value) return;
    let kept;
    try { kept = JSON.parse(sessionStorage.getItem(draft.name)); } catch { return; }
    if (!kept || Date.now() - kept.at > draft.DAY) return;
    draft.fields.forEach((field, index) => { field.value ||= kept.values[index]; });
    if (form.elements.name?.value) form.elements.name.closest("details").open = true;
    const discard = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Discard" });
    discard.onclick = () => { for (const field of draft.fields) field.value = ""; draft.keep(); say(""); form.elements.text.focus(); };
    form.querySelector("[data-state]").replaceChildren("Draft restored. ", discard);
  },
};

const title = form?.querySelector("h2");
const label = form?.querySelector("label[for=text]");
const home = form && { parent: form.parentNode, next: form.nextSibling, title: title.textContent, label: label.textContent };

function goHome() {
  draft.moveTo("");
  title.textContent = home.title;
  label.textContent = home.label;
  form.querySelector("[data-cancel]")?.remove();
  home.parent.insertBefore(form, home.next);
  history.replaceState(null, "");
}

function answerInPlace(link) {
  const comment = link.closest("article");
  const to = new URL(link.href).searchParams.get("to");
  const time = comment.querySelector("h3 time")?.textContent ?? `number ${to}`;
  draft.moveTo(to);
  title.textContent = `Reply to ${time}`;
  label.textContent = `Your reply to ${time}`;
  if (!form.querySelector("[data-cancel]")) {
    const cancel = document.createElement("button");
    Object.assign(cancel, { type: "button", className: "link", textContent: "Cancel" });
    cancel.dataset.cancel = "";
    form.querySelector(".buttons").append(cancel);
  }
  form.querySelector("[data-cancel]").onclick = () => { goHome(); link.focus(); };
  comment.after(form);
  // So that Back, which brings the text, brings it to the same place.
  history.replaceState({ to }, "");
}

function followLink(event) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  const link = event.target.closest("a");
  if (link?.getAttribute("href") === "#write") goHome();
  if (!link?.matches(REPLY)) return;
  event.preventDefault();
  answerInPlace(link);
  form.querySelector("textarea").focus();
}

if (form) {
  if (!form.elements.nonce) hidden("nonce", newNonce());
  form.addEventListener("submit", send);
  form.addEventListener("input", () => { clearTimeout(draft.timer); draft.timer = setTimeout(draft.keep, 1_000); });
  addEventListener("pagehide", draft.keep);
  // Coming back to this page must not leave the button dead.
  addEventListener("pageshow", (event) => { if (event.persisted) { delete form.dataset.sending; say(""); } });
  form.addEventListener("focusin", () => coming.push(import(form.dataset.write)), { once: true });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.querySelector("[data-cancel]")?.click();
  });
  if (!form.querySelector("input[name=reply_to]") && document.querySelector(REPLY)) {
    document.addEventListener("click", followLink);
    const before = history.state?.to && document.querySelector(`.acts a[href$="/reply?to=${history.state.to}"]`);
    if (before) answerInPlace(before);
  }
  draft.restore();
}

// What helps with reading comes when somebody begins to read, so that a page that is only opened asks for one script:
// at once where the address names a comment, where keys are on and where folds are to be brought back.
const thread = document.querySelector("[data-thread]");
if (thread) {
  const signs = ["scroll", "toggle", "keydown"];
  let isWanted = location.hash.startsWith("#c") || document.documentElement.classList.contains("keys");
  try { isWanted ||= Boolean(sessionStorage.getItem(`folds:${location.pathname}`)); } catch { /* Nothing to bring back. */ }
  const begin = (event) => {
    // What stands open from the beginning says so, too, sooner or later.
    if (event?.newState === "open") return;
    for (const sign of signs) removeEventListener(sign, begin, true);
    clearTimeout(late);
    coming.push(import(thread.dataset.thread));
  };
  late = setTimeout(begin, 30_000, null);
  if (isWanted) begin();
  else for (const sign of signs) addEventListener(sign, begin, { capture: true, passive: true });
}

// On paper everything is unfolded, with the day of printing.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll(".thread details")) details.open = true;
  const line = document.querySelector("[data-printed]");
  if (line) line.textContent = `, printed ${new Date().toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" })}`;
});
