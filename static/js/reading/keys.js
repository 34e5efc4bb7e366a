// Single keys, for whoever switched them on in the reading settings. Never with Ctrl, Alt or Meta, never while typing.

import { comments, conversations, fold, here, newOnes, next, parent, previous } from "./moving.js";

const ACTIONS = {
  j: () => next(comments()),
  k: () => previous(comments()),
  J: () => next(conversations()),
  K: () => previous(conversations()),
  p: parent,
  n: () => next(newOnes()),
  r: () => here()?.querySelector('.acts a[href*="/reply?to="]')?.click(),
  o: fold,
  "/": () => location.assign("/search/"),
  "?": showKeys,
};

export function press(event) {
  const isTyping = event.target.closest("input, textarea, select, dialog");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(event.key in ACTIONS)) return;
  event.preventDefault();
  ACTIONS[event.key]();
}

// The list of keys stands on the page of the reading settings, where they can be switched off.
async function showKeys() {
  const sheet = document.createElement("dialog");
  try {
    const page = await (await fetch("/reading/")).text();
    const list = new DOMParser().parseFromString(page, "text/html").getElementById("keys").parentElement;
    const off = Object.assign(document.createElement("a"), { href: "/reading/", textContent: "Switch keys off" });
    const close = Object.assign(document.createElement("button"), { textContent: "Close", onclick: () => sheet.close() });
    sheet.setAttribute("aria-labelledby", "keys");
    sheet.append(list, off, close);
    sheet.onclose = () => sheet.remove();
    document.body.append(sheet);
    sheet.showModal();
  } catch {
    sheet.remove();
    location.assign("/reading/#keys");
  }
}
