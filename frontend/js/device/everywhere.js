// On every page: the service worker, what waits, and leaving nothing behind when signing out.
import * as drafts from "./draft.js";
import { flush, listen, tell } from "./queue.js";
import { all, change, get, remove } from "./store.js";

const account = document.querySelector(".account__form");
const notice = document.querySelector("[data-device-notice]");

const own = document.querySelector("[data-in-account]");

if (own) drafts.hold(own.dataset.inAccount);
// Here, not in reception.js, which runs after this file: what follows must know of it before it counts what waits.
if (document.querySelector("[data-autosave-done], [data-autosave-clear]")) drafts.taken();
account?.addEventListener("submit", () => drafts.signOut());
// Receipts lie in IndexedDB, which a page that is being left cannot change: the next page does. Those that an account holds
// go; the code of any other is its only key and stays until somebody says that it is noted.
const left = async () => {
  if (!drafts.hasLeft()) return;
  const kept = (await all("arrived")).filter((item) => item.inAccount);
  await Promise.all(kept.map((item) => remove("arrived", item.key)));
  drafts.stayed();
};

/** A page showed a proposal that is in the reader's account: its code is no longer the only key. */
const settle = async () => {
  const folios = drafts.held();
  if (!folios.length) return;
  const mine = (await all("arrived")).filter((item) => folios.includes(item.folio));
  await Promise.all(mine.map((item) => change("arrived", item.key, { inAccount: true })));
  drafts.forgetHeld();
};

/** Once the server has the text, or it has been sent, the device no longer needs it. The page that said so may have been
 * left at once: whatever page comes next does it. */
const finish = async () => {
  const key = drafts.wasTaken();
  if (!key) return;
  const item = await get("queue", key);
  if (item && item.state !== "waiting") await remove("queue", key);
  drafts.forgetTaken();
  tell();
};

/** The line on top of pages that do not show the whole, read aloud as it changes: something waits, or has arrived and
 * nobody has noted its code. */
const count = async () => {
  const [queue, arrived] = await Promise.all([all("queue"), all("arrived")]);
  if (notice) {
    const said = [arrived.length && notice.dataset.arrived, queue.length && notice.dataset.waiting].filter(Boolean).join(" ");
    notice.hidden = !said || Boolean(document.querySelector("[data-device]"));
    if (notice.textContent !== said) notice.textContent = said;
  }
  return queue.some((item) => item.state === "waiting");
};

const attempt = async () => {
  if (!(await count()) || !navigator.onLine) return;
  await flush().catch(() => {});
  await count();
};

const register = async () => {
  const worker = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  worker.active?.postMessage({ language: document.documentElement.lang.slice(0, 2) });
};

export const start = async () => {
  // The worker's pages are drawn for nobody (base.html, for_worker): they are no sign that nobody is signed in.
  if (account) drafts.note(account.dataset.owner);
  else if (document.querySelector(".account__button") && !document.querySelector("[data-shell], [data-reload]")) drafts.note("");
  if (!account && "serviceWorker" in navigator) register().catch(() => {}); // what lies here does not wait for it
  if (!("indexedDB" in window)) return;
  await settle();
  await finish();
  await left();
  listen(() => count().catch(() => {}));
  addEventListener("online", () => attempt().catch(() => {}));
  setInterval(() => attempt().catch(() => {}), 30_000);
  await attempt();
  tell();
};
