// From comment to comment.

export const thread = document.querySelector("[data-thread]");

const foldAround = (comment) => comment.parentElement.closest("details:not([open])");

export const comments = () => [...thread.querySelectorAll(".c[id]")].filter((comment) => !foldAround(comment));
export const conversations = () => [...thread.querySelectorAll("ol.thread > li > .c")];
export const newOnes = () => [...thread.querySelectorAll(".c .new")].map((mark) => mark.closest(".c"));

// What is being read: the comment with the focus while it is on screen, else the last one that begins near the
// upper edge of the window.
export function here() {
  const focused = document.activeElement?.closest(".c");
  const box = focused?.getBoundingClientRect();
  if (box && box.bottom > 0 && box.top < innerHeight) return focused;
  return comments().reverse().find((comment) => comment.getBoundingClientRect().top < 40);
}

export function go(comment, { scroll = true } = {}) {
  if (!comment) return;
  for (let fold = foldAround(comment); fold; fold = foldAround(comment)) fold.open = true;
  const heading = comment.querySelector("h3");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  if (scroll) comment.scrollIntoView();
}

export function next(list) {
  const from = here();
  go(list.find((one) => !from || from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING));
}

export function previous(list) {
  const from = here();
  go(list.reverse().find((one) => from && from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING));
}

// What this comment answers: the one it names, or the one around it.
export function parent() {
  const from = here();
  const named = from?.querySelector(".to a[href*='#c']")?.hash.slice(1);
  go(document.getElementById(named) ?? from?.parentElement.parentElement.closest("li")?.querySelector(".c"));
}

// Folds the replies to this comment; where it has none, the replies that it stands among.
export function fold() {
  const from = here();
  const replies = from?.parentElement.querySelector(":scope > details") ?? from?.closest("li > details");
  if (!replies) return;
  replies.open = !replies.open;
  go(replies.parentElement.querySelector(".c"));
}
