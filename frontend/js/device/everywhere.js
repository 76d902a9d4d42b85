// On every page: the service worker, what waits, and leaving nothing behind when signing out.
import * as drafts from "./draft.js";
import { flush, listen, tell } from "./queue.js";
import { all, clear } from "./store.js";

const account = document.querySelector(".account__form");
const notice = document.querySelector("[data-device-notice]");

account?.addEventListener("submit", () => drafts.signOut());
// Receipts lie in IndexedDB, which a page that is being left cannot empty: the next page does.
const left = async () => {
  if (!drafts.hasLeft()) return;
  await clear("arrived");
  drafts.stayed();
};

/** The line on top of pages that do not show the whole: something waits, or has arrived and nobody has noted its code. */
const count = async () => {
  const [queue, arrived] = await Promise.all([all("queue"), all("arrived")]);
  if (notice) {
    notice.hidden = !(queue.length + arrived.length) || Boolean(document.querySelector("[data-device]"));
    notice.textContent = queue.length ? notice.dataset.waiting : notice.dataset.arrived;
  }
  return queue.some((item) => item.state === "waiting");
};

const attempt = async () => {
  if (!(await count()) || !navigator.onLine) return;
  await flush().catch(() => {});
  await count();
};

export const start = async () => {
  if (!account && "serviceWorker" in navigator) {
    const worker = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    const say = () => worker.active?.postMessage({ language: document.documentElement.lang.slice(0, 2) });
    navigator.serviceWorker.ready.then(say);
  }
  if (!("indexedDB" in window)) return;
  await left();
  listen(() => count().catch(() => {}));
  addEventListener("online", () => attempt().catch(() => {}));
  setInterval(() => attempt().catch(() => {}), 30_000);
  await attempt();
  tell();
};
