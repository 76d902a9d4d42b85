// Writing a proposal: the draft on this device, what waits there, and copying the code. Everything works without this file.
import { start as showBox } from "./device/box.js";
import { start as startForm } from "./device/form.js";
import { start as startStandIn } from "./device/standin.js";
import { all } from "./device/store.js";

const box = document.querySelector("[data-device]");
const form = document.querySelector("form[data-autosave]");
if (box) showBox(box);
if (form && box) startForm(form, box);

if (document.querySelector("[data-reload]")) startStandIn();

// The page that asks for the code of a proposal which came from this telephone: its code lies here.
const asked = document.querySelector("[data-code-of]");
const recall = async () => {
  const item = (await all("arrived")).find((one) => one.folio === asked.dataset.codeOf);
  const field = asked.elements.claim_code;
  if (!item?.code || field.value) return;
  field.value = item.code;
  asked.querySelector("[data-code-found]").hidden = false;
};
if (asked) recall().catch(() => {});

// Copying the code: offered only where the browser can.
const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  copy.parentElement.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.parentElement.querySelector("[data-copy-done]").hidden = false;
    } catch {
      copy.parentElement.hidden = true; // refused: the code stands right above
    }
  });
}
