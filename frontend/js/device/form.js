// The form on a device that may lose the network: keeps a draft, and lets the proposal wait and send itself.
import { say } from "./box.js";
import * as drafts from "./draft.js";
import { showErrors } from "./errors.js";
import { fill, gather, isEmpty, missing, titleOf } from "./fields.js";
import { enqueue, flush, listen, token } from "./queue.js";
import { change, get } from "./store.js";

const newKey = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export const start = async (form, box) => {
  let isShell = "shell" in form.dataset;
  const owner = isShell ? drafts.inside() : form.dataset.autosave;
  const key = form.elements.key;
  const note = form.querySelector("[data-autosave-note]");
  const panel = form.querySelector("[data-offline]");
  const normal = form.querySelector("[data-online]");
  let queued = false;
  let waiting;

  const remark = (name) => {
    note.hidden = false;
    note.querySelectorAll("p").forEach((line) => (line.hidden = !line.matches(`[data-autosave-${name}]`)));
  };

  const keep = () => {
    clearTimeout(waiting);
    waiting = undefined;
    if (queued || isEmpty(form)) return;
    if (drafts.write(owner, { key: key.value, pairs: gather(form) })) remark("kept");
    else note.hidden = true; // promise nothing
  };

  // -- with or without a network

  const mode = (offline) => {
    panel.hidden = !offline;
    form.querySelector("[data-offline-now]").hidden = !offline;
    normal.hidden = offline;
  };

  /** The page of the service worker becomes the usual one as soon as the server answers. */
  const wake = async () => {
    if (!isShell) return mode(!navigator.onLine);
    mode(true);
    try {
      const { csrf_token: csrf } = await token();
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value: csrf }));
      isShell = false;
      mode(false);
    } catch {
      setTimeout(() => isShell && wake(), 20_000);
    }
  };

  // -- waiting here

  /** What stands above the form follows: writing, waiting, arrived. */
  const head = (state) => document.querySelectorAll("[data-while]").forEach((part) => (part.hidden = part.dataset.while !== state));

  const hold = (state) => {
    queued = true;
    form.hidden = true;
    drafts.forget(owner);
    head(state);
    say(box, state);
    const heading = document.querySelector("h1"); // not the box's: it stays hidden until it is drawn, and takes no focus
    heading.tabIndex = -1;
    heading.focus();
  };

  const comeBack = (item) => {
    queued = false;
    form.hidden = false;
    head("writing");
    key.value = item.key;
    fill(form, item.pairs);
    showErrors(form, item.errors ?? [], item.messages ?? []);
  };

  /** What became of the proposal of this page, here or in another window. */
  const follow = async () => {
    const [item, receipt] = await Promise.all([get("queue", key.value), get("arrived", key.value)]);
    if (receipt) return hold("arrived");
    if (item?.state === "waiting" && !queued) return hold("waiting");
    if (item?.state === "refused" && queued) {
      comeBack(item);
      say(box, "refused");
    }
    if (!item && queued) clean(); // taken off this telephone: another one can be written
  };

  const queue = async (button) => {
    const lacks = missing(form);
    const said = form.querySelector("[data-device-errors]").dataset;
    showErrors(form, lacks.map((field) => ({ field, messages: [said[field]] })));
    const agreed = panel.querySelector("[data-offline-consent]");
    panel.querySelector("[data-offline-missing]").hidden = agreed.checked;
    agreed.toggleAttribute("aria-invalid", !agreed.checked);
    if (lacks.length) return;
    if (!agreed.checked) return agreed.focus();
    button.disabled = true;
    const pairs = gather(form, { contact: true });
    try {
      await enqueue({ key: key.value, title: titleOf(pairs), pairs, withoutAccount: Boolean(owner) });
      hold("waiting");
      flush().catch(() => {});
    } catch {
      panel.querySelector("[data-offline-full]").hidden = false;
    } finally {
      button.disabled = false;
    }
  };

  // -- beginning: what was being changed, what was on its way, the draft

  const asked = new URLSearchParams(location.hash.slice(1)).get("clave");
  const restore = async () => {
    const item = asked && (await get("queue", asked));
    if (item) {
      await change("queue", asked, { state: "editing" });
      comeBack(item);
      return true;
    }
    const kept = (isShell && drafts.comeBack()) || drafts.read(owner);
    if (!kept || !isEmpty(form)) return false;
    if ((await get("arrived", kept.key)) || (await get("queue", kept.key))?.state === "waiting") return drafts.forget(owner);
    if (kept.key) key.value = kept.key;
    fill(form, kept.pairs);
    remark("restored");
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 400);
  });
  addEventListener("pagehide", () => waiting && keep());
  document.addEventListener("visibilitychange", () => waiting && keep());
  form.addEventListener("submit", (event) => {
    keep();
    if (!navigator.onLine) {
      event.preventDefault();
      wake();
      panel.scrollIntoView();
      return;
    }
    drafts.leave(key.value, gather(form, { contact: true }));
    drafts.sending(key.value);
  });
  panel.querySelector("[data-queue]")?.addEventListener("click", (event) => queue(event.currentTarget));
  const clean = () => {
    clearTimeout(waiting);
    queued = form.hidden = false;
    head("writing");
    drafts.forget(owner);
    form.reset();
    key.value = newKey();
    note.hidden = true;
    form.elements.title.focus();
  };
  note.querySelector("[data-autosave-forget]").addEventListener("click", clean);
  document.addEventListener("intake:forgotten", clean);
  addEventListener("online", wake);
  addEventListener("offline", wake);
  listen(() => follow().catch(() => {}));

  if (isShell) key.value = newKey();
  panel.querySelectorAll("[data-without-account]").forEach((line) => (line.hidden = !owner));
  await restore().catch(() => {});
  await follow().catch(() => {});
  await wake();
};
