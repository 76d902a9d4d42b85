// On every page: the service worker, what waits, and leaving nothing behind when signing out.
import * as drafts from "./draft.js";
import { flush, listen, tell } from "./queue.js";
import { all, put, remove } from "./store.js";

const account = document.querySelector(".account__form");
const notice = document.querySelector("[data-device-notice]");

account?.addEventListener("submit", () => drafts.signOut());
// Receipts lie in IndexedDB, which a page that is being left cannot change: the next page does. Those that an account holds
// go; the code of any other is its only key and stays until somebody says that it is noted.
const left = async () => {
  if (!drafts.hasLeft()) return;
  const kept = (await all("arrived")).filter((item) => item.inAccount);
  await Promise.all(kept.map((item) => remove("arrived", item.key)));
  drafts.stayed();
};

/** The page of a proposal that is in the reader's account: its code is no longer the only key. */
const settle = async () => {
  const folio = document.querySelector("[data-in-account]")?.dataset.inAccount;
  const item = folio && (await all("arrived")).find((one) => one.folio === folio);
  if (item && !item.inAccount) await put("arrived", { ...item, inAccount: true });
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

export const start = async () => {
  // The worker's pages are drawn for nobody (base.html, for_worker): they are no sign that nobody is signed in.
  if (account) drafts.note(account.dataset.owner);
  else if (document.querySelector(".account__button") && !document.querySelector("[data-shell], [data-reload]")) drafts.note("");
  if (!account && "serviceWorker" in navigator) {
    const worker = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    const say = () => worker.active?.postMessage({ language: document.documentElement.lang.slice(0, 2) });
    navigator.serviceWorker.ready.then(say);
  }
  if (!("indexedDB" in window)) return;
  await left();
  await settle();
  listen(() => count().catch(() => {}));
  addEventListener("online", () => attempt().catch(() => {}));
  setInterval(() => attempt().catch(() => {}), 30_000);
  await attempt();
  tell();
};
