// A row of buttons above the text that type its marks. One stop of the Tab key; arrows move between them.

import { type } from "./typing.js";

const QUOTATION = [":::quotation\npublisher: ", "\ntitle: \ndate: \naddress: no link\n\n", "\n:::"];
const RELAY = [":::relay\nfrom: ", "Twitter\nrole: \n\n", "\n:::"];

const BUTTONS = {
  Bold: (area) => wrap(area, "**"),
  Italic: (area) => wrap(area, "*"),
  Heading: (area) => beginLines(area, "## "),
  Link: link,
  Quotation: (area) => beginLines(area, "> "),
  List: (area) => beginLines(area, "- "),
  "Source quotation": (area) => block(area, QUOTATION, selected(area) || "(text)"),
  Relay: (area) => block(area, RELAY, (selected(area) || "(words)").replace(/^/gm, "> ")),
  Rule: (area) => block(area, ["***", "", ""], ""),
};

function selected(area) {
  return area.value.slice(area.selectionStart, area.selectionEnd);
}

// Marks do not reach over the end of a paragraph, so each line gets its own.
function wrap(area, mark) {
  const start = area.selectionStart;
  const text = selected(area) || "words";
  const marked = text.replace(/^([^\S\n]*)(\S.*?)([^\S\n]*)$/gm, `$1${mark}$2${mark}$3`);
  type(area, marked);
  if (text === marked.slice(mark.length, -mark.length)) {
    area.setSelectionRange(start + mark.length, start + mark.length + text.length);
  }
}

function beginLines(area, mark) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const next = area.value.indexOf("\n", Math.max(area.selectionEnd - 1, start));
  const end = next < 0 ? area.value.length : next;
  const lines = area.value.slice(start, end).split("\n");
  type(area, lines.map((line) => (line.trim() || lines.length === 1 ? mark + line : line)).join("\n"), start, end);
}

function link(area) {
  const start = area.selectionStart;
  const text = selected(area);
  const isAddress = /^https?:\/\/\S+$/.test(text.trim());
  const [words, address] = isAddress ? ["words", text.trim()] : [text || "words", "https://"];
  type(area, `[${words}](${address})`);
  const at = isAddress || !text ? start + 1 : start + words.length + 3;
  area.setSelectionRange(at, at + (isAddress || !text ? words.length : address.length));
}

// Blocks stand between empty lines. The first part ends where the next words are to be typed.
function block(area, [first, second, last], text) {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const above = "\n".repeat(before ? 2 - before.match(/\n{0,2}$/)[0].length : 0);
  const below = "\n".repeat(2 - after.match(/^\n{0,2}/)[0].length);
  type(area, above + first + second + text + last + below);
  const at = before.length + above.length + first.length;
  if (second) area.setSelectionRange(at, at);
}

export function addToolbar(area) {
  const bar = document.createElement("div");
  bar.className = "tools";
  for (const [name, value] of [["role", "toolbar"], ["aria-label", "Marks"], ["aria-controls", area.id]]) {
    bar.setAttribute(name, value);
  }
  const buttons = Object.entries(BUTTONS).map(([name, press], number) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "plain", textContent: name, tabIndex: number ? -1 : 0 });
    button.addEventListener("click", () => press(area));
    return button;
  });
  bar.addEventListener("keydown", (event) => moveFocus(event, buttons));
  bar.append(...buttons);
  area.before(bar);
}

function moveFocus(event, buttons) {
  const here = buttons.indexOf(document.activeElement);
  const count = buttons.length;
  const places = { ArrowRight: (here + 1) % count, ArrowLeft: (here + count - 1) % count, Home: 0, End: count - 1 };
  if (here < 0 || !(event.key in places)) return;
  event.preventDefault();
  const to = buttons[places[event.key]];
  for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
  to.focus();
}
