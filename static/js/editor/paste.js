// What is pasted from a page, Word or Google Docs becomes clean Markdown: the site cleans it, here it is typed.
// If that fails, the browser's plain text is typed instead, and a line says so.

import { addStatusLine, type } from "./typing.js";

const PATIENCE = 5_000;
const MAX_LENGTH = 900_000;
const STRUCTURE = /<(?:a|b|blockquote|dd|em|h[1-6]|i|li|strong|t[dr])\b|font-(?:weight|style):\s*(?:bold|italic|[6-9]00)/i;
const LINES = /<(?:br|div|p)\b/gi;

function hasStructure(html) {
  return STRUCTURE.test(html) || (html.match(LINES) ?? []).length > 1;
}

// Only what was copied, without the pictures that Word and Docs write into it.
function fragment(html) {
  const copied = html.match(/<!--StartFragment-->([^]*)<!--EndFragment-->/);
  return (copied ? copied[1] : html).replace(/data:[^"')\s]{200,}/gi, "data:,");
}

async function clean(form, html) {
  if (html.length > MAX_LENGTH) throw new Error("This is too long to be cleaned.");
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("html", html);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const answer = await fetch("/desk/paste/", { method: "POST", body, signal: limit.signal });
    const text = await answer.text();
    const isOurs = answer.headers.get("Content-Type")?.startsWith("text/plain");
    if (!answer.ok || !isOurs) throw new Error(isOurs ? text : "The site could not clean this.");
    return text;
  } catch (error) {
    // What a browser says about a dead network is not for people.
    throw error instanceof TypeError || error.name === "AbortError" ? new Error("The site cannot be reached.") : error;
  } finally {
    clearTimeout(timer);
  }
}

// Where the paste belongs by now, if something was typed while it was cleaned.
function placeNow(before, start, end, now) {
  if (now === before || now.startsWith(before.slice(0, end))) return [start, end];
  if (now.endsWith(before.slice(start))) return [start + now.length - before.length, end + now.length - before.length];
  const place = Math.min(start, now.length);
  return [place, place];
}

function typeAt(area, text, [start, end], wasTyping) {
  const focused = document.activeElement;
  const [from, to] = [area.selectionStart, area.selectionEnd];
  type(area, text, start, end);
  if (wasTyping) {
    const moved = (place) => (place >= end ? place + text.length - (end - start) : place);
    area.setSelectionRange(moved(from), moved(to));
  }
  if (focused && focused !== area && focused !== document.body) focused.focus();
}

export function cleanPastes(area) {
  const line = addStatusLine(area, "paste-state", "status");
  let withShift = false;
  let last = Promise.resolve();

  async function paste(html, plain) {
    const [before, start, end] = [area.value, area.selectionStart, area.selectionEnd];
    line.textContent = "Cleaning what you pasted …";
    let text = plain;
    let said = "Pasted as plain text. Press Ctrl+Z to undo.";
    try {
      const cleaned = await clean(area.form, html);
      if (cleaned) [text, said] = [cleaned, "Pasted as clean text. Press Ctrl+Z to undo."];
    } catch (error) {
      said = `${error.message} ${said}`;
    }
    const hasMoved = area.value !== before || area.selectionStart !== start || area.selectionEnd !== end;
    if (text) typeAt(area, text, placeNow(before, start, end, area.value), hasMoved);
    line.textContent = said;
  }

  area.addEventListener("keydown", (event) => { withShift = event.shiftKey; });
  area.addEventListener("paste", (event) => {
    const html = fragment(event.clipboardData?.getData("text/html") ?? "");
    if (withShift || !hasStructure(html)) return;
    event.preventDefault();
    const plain = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    // One after the other, so that two quick pastes keep their order.
    last = last.then(() => paste(html, plain));
  });
}
