// "Copy the code", where the browser can; and the draft of what has arrived is gone (write.js).

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}

const sent = document.querySelector("[data-sent]")?.dataset.sent;
try { sessionStorage.removeItem(`draft:${location.origin}${sent}`); } catch { /* Nothing was kept. */ }
