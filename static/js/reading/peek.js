// What a link to another comment means, beside the link: by pointer or keyboard, gone with Escape. A finger follows it.

const LENGTH = 280;
const PATIENCE = 200;
const peek = document.createElement("div");
Object.assign(peek, { className: "peek", id: "peek", role: "tooltip" });
let link, timer;

const pointed = (event) => event.target.closest?.(".thread :is(.body, .to, .by) a[href^='#c']");

function show(from) {
  const comment = document.getElementById(from.hash.slice(1));
  const box = comment?.getBoundingClientRect();
  // Nothing is said of what is seen anyway.
  if (!comment || (box.top >= 0 && box.bottom <= innerHeight && box.height)) return;
  hide();
  link = from;
  const text = comment.querySelector(".body").textContent.trim();
  const heading = document.createElement("b");
  heading.textContent = comment.querySelector("h3").textContent;
  peek.replaceChildren(heading, text.length > LENGTH ? `${text.slice(0, LENGTH)} …` : text);
  const home = link.closest(".c");
  home.append(peek);
  link.setAttribute("aria-describedby", "peek");
  peek.style.top = `${link.getBoundingClientRect().bottom - home.getBoundingClientRect().top + 4}px`;
}

function hide() {
  clearTimeout(timer);
  link?.removeAttribute("aria-describedby");
  link = undefined;
  peek.remove();
}

const after = (act) => { clearTimeout(timer); timer = setTimeout(act, PATIENCE); };

export function letPeek() {
  document.addEventListener("pointerover", (event) => {
    const from = event.pointerType === "mouse" && pointed(event);
    if (from && from !== link) after(() => show(from));
    else if (peek.contains(event.target) || from) clearTimeout(timer);
    else if (link || timer) after(hide);
  });
  document.addEventListener("focusin", (event) => { const from = pointed(event); if (from?.matches(":focus-visible")) show(from); else hide(); });
  document.addEventListener("click", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}
