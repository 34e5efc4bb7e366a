// Saves steps when writing a post: buttons that type the marks, clean pastes, and a draft that is kept.
// Without it the form works as it stands.

import { keepDraft } from "./editor/autosave.js";
import { cleanPastes } from "./editor/paste.js";
import { addToolbar } from "./editor/toolbar.js";

const area = document.getElementById("id_body");

if (area) {
  addToolbar(area);
  cleanPastes(area);
  keepDraft(area.form);
}
