// The list of cases: j and k go from row to row, x ticks one; how many are ticked is said.

const boxes = [...document.querySelectorAll(".rows [name=pick]")];
const all = document.getElementById("all");
const said = document.querySelector("[data-ticked]");

export function step(key) {
  if (!boxes.length || (key !== "j" && key !== "k")) return false;
  const at = boxes.indexOf(document.activeElement);
  const next = key === "j" ? Math.min(at + 1, boxes.length - 1) : Math.max(at - 1, 0);
  boxes[next].focus();
  return true;
}

export function tick(key) {
  if (key !== "x" || !boxes.length) return false;
  const box = boxes.includes(document.activeElement) ? document.activeElement : boxes[0];
  box.focus();
  box.click();
  return true;
}

function count() {
  const ticked = boxes.filter((box) => box.checked).length;
  said.textContent = ticked ? `${ticked} ticked` : "";
  all.checked = ticked === boxes.length;
}

if (boxes.length) {
  all.parentElement.hidden = false;
  all.onchange = () => { for (const box of boxes) box.checked = all.checked; count(); };
  for (const box of boxes) box.addEventListener("change", count);
  count();
}
