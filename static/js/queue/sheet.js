// The sheet of keys, and whether they are used: kept by this browser alone.

export const sheet = document.getElementById("keys");
const box = document.getElementById("use-keys");
const button = document.getElementById("show-keys");

export const isOn = () => { try { return localStorage.getItem("queue-keys") !== "off"; } catch { return box.checked; } };

function show(on) { document.documentElement.classList.toggle("with-keys", on); box.checked = on; }

function keep(on) {
  try { localStorage.setItem("queue-keys", on ? "on" : "off"); } catch { /* for this page only */ }
  show(on);
}

button.hidden = false;
button.onclick = () => sheet.showModal();
box.checked = true;
box.onchange = () => keep(box.checked);
show(isOn());
