// Saves steps when writing: answers in place, a press that can be repeated, and no text lost to a dead network.
// Without it every form here works as well, on a page of its own.

const form = document.querySelector("form[data-write]");

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

function trouble(sentence) {
  const line = form.querySelector("[data-trouble]");
  line.hidden = !sentence;
  line.textContent = sentence;
}

// Sent in the background first: if the network fails, the text is still on the page. With the nonce, sending
// again is the same comment and the same receipt. Whatever the server has to say, it says on its own page.
async function send(event) {
  if (event.submitter?.formAction.endsWith("/preview")) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  trouble("");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.redirected) location.assign(answer.url);
    else form.submit();
  } catch {
    trouble("The site could not be reached. Your text is still here: press Post comment again in a moment.");
    delete form.dataset.sending;
  }
}

const home = form && { parent: form.parentNode, next: form.nextSibling, title: form.querySelector("h2").textContent };

function goHome() {
  hidden("reply_to", "");
  form.querySelector("h2").textContent = home.title;
  form.querySelector("[data-cancel]")?.remove();
  home.parent.insertBefore(form, home.next);
}

function answerInPlace(event) {
  const link = event.target.closest("a[data-reply]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const comment = link.closest("article");
  hidden("reply_to", new URL(link.href).searchParams.get("to"));
  form.querySelector("h2").textContent = `Reply to ${comment.querySelector("h3 .at").innerText}`;
  if (!form.querySelector("[data-cancel]")) {
    const cancel = document.createElement("button");
    Object.assign(cancel, { type: "button", className: "link", textContent: "Cancel" });
    cancel.dataset.cancel = "";
    cancel.addEventListener("click", () => { goHome(); link.focus(); });
    form.querySelector(".buttons").append(cancel);
  }
  comment.after(form);
  form.querySelector("textarea").focus();
}

if (form) {
  if (!form.elements.nonce) hidden("nonce", newNonce());
  form.addEventListener("submit", send);
  // Coming back to this page must not leave the button dead.
  addEventListener("pageshow", () => delete form.dataset.sending);
  if (!form.querySelector("input[name=reply_to]")) document.addEventListener("click", answerInPlace);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.querySelector("[data-cancel]")?.click();
  });
}
