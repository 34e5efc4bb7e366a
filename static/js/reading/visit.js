// What is remembered for this visit, in this tab; nothing where the browser refuses.

export const visit = {
  get(name) {
    try { return sessionStorage.getItem(name); } catch { return null; }
  },
  set(name, value) {
    try { sessionStorage.setItem(name, value); } catch { /* Then it is forgotten with the page. */ }
  },
};
