// A crowded network: the telephone computes for a moment, then the form goes by itself. Without this file, or where the
// computing fails, the button sends without a proof: the proposal is received, and a person looks at it first.
import { answer } from "./device/solver.js";

const form = document.querySelector("form[data-proof]");

if (form) {
  const asked = JSON.parse(form.dataset.proof);
  const status = form.querySelector('[role="status"]');
  const button = form.querySelector("button");
  const say = (name) => (status.textContent = status.dataset[name]);
  const fail = () => {
    say("failed");
    button.disabled = false;
  };
  say("working");
  button.disabled = true;
  try {
    const worker = new Worker(form.dataset.worker);
    worker.addEventListener("error", fail);
    worker.addEventListener("message", ({ data: number }) => {
      worker.terminate();
      if (number < 0) {
        fail();
        return;
      }
      form.elements.altcha.value = answer(asked, number);
      say("done");
      button.disabled = false;
      form.requestSubmit();
    });
    worker.postMessage(asked);
  } catch {
    fail();
  }
}
