// Comes when somebody begins to write: how much room is left, and a quotation of what is answered.

const PAUSE = 700;
const form = document.querySelector("form[data-write]");
const text = form.elements.text;

// As the server counts: by character, a line break being one.
const most = Number(text.dataset.most);
const room = Object.assign(document.createElement("p"), { className: "hint" });
room.setAttribute("role", "status");
text.after(room);
let timer;

function count() {
  const left = most - Array.from(text.value).length;
  const shown = Math.abs(left).toLocaleString("en-GB");
  room.className = left < 0 ? "error" : "hint";
  room.textContent = left < 0 ? `${shown} characters too many` : left < most / 5 ? `${shown} characters left` : "";
}

// What is selected of the comment that is answered; all of it if nothing is.
function quotation() {
  const body = document.querySelector(`#c${form.elements.reply_to.value} .body, [data-parent] .body`);
  const selected = getSelection();
  const isInside = !selected.isCollapsed && body.contains(selected.anchorNode) && body.contains(selected.focusNode);
  const lines = (isInside ? selected.toString() : body.innerText).trim().split("\n");
  return lines.map((line) => `> ${line}`.trim()).join("\n");
}

function quote(event) {
  event.preventDefault();
  text.setRangeText(`${quotation()}\n\n`, 0, 0, "end");
  text.selectionEnd = text.selectionStart = text.value.length;
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

// On a page of its own the server offers the button; beside a comment it is made here.
function offerQuotation() {
  const isAnswer = Boolean(form.elements.reply_to?.value);
  let button = form.querySelector("[name=quote]");
  if (!button && isAnswer) {
    button = Object.assign(document.createElement("button"), { name: "quote", className: "plain", textContent: "Quote" });
    form.querySelector(".buttons").append(" ", button);
  }
  if (!button) return;
  button.hidden = !isAnswer;
  // A press takes the focus, and the selection would go with it on some phones.
  button.onpointerdown = (press) => press.preventDefault();
  button.onclick = quote;
}

// Whether a voice was asked for in this tab: the page is everybody's and cannot know.
function rememberVoice(box) {
  const name = `voice:${form.action}`;
  try {
    const asked = sessionStorage.getItem(name);
    if (asked && box.checked === box.defaultChecked) box.checked = asked === "yes";
    if (box.checked) box.closest("details")?.setAttribute("open", "");
    form.addEventListener("submit", () => {
      if (asked || box.checked !== box.defaultChecked) sessionStorage.setItem(name, box.checked ? "yes" : "no");
    });
  } catch { /* The browser keeps nothing. */ }
}

if (form.elements.voice) rememberVoice(form.elements.voice);
text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(count, PAUSE); });
form.addEventListener("focusin", offerQuotation);
offerQuotation();
count();
