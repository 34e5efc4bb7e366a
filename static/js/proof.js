// Does the sum that was asked for (forum/proofs.py) in a worker, then sends the comment. If it cannot be done here, the
// page stays as it is, with its button for a moderator to read the comment first.

const note = document.getElementById("proof");
const says = note.querySelector("[data-sum]");
const button = note.querySelector("button");
const instead = says.textContent;
const challenge = JSON.parse(note.dataset.challenge);

function solve() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(note.dataset.worker);
    worker.onmessage = ({ data }) => (data?.derivedKey ? resolve(data) : reject(data));
    worker.onerror = reject;
    worker.postMessage({ type: "work", challenge });
  });
}

says.textContent = "Your browser is doing it now. Then your comment is sent by itself.";
try {
  const solution = await solve();
  document.querySelector("#write [name=altcha]").value = btoa(JSON.stringify({ challenge, solution }));
  button.textContent = "Post comment";
  // A proof that was not taken once is not sent again and again without a word.
  if ("again" in note.dataset) says.textContent = "It is done now: press the button.";
  else button.click();
} catch {
  says.textContent = instead;
}
