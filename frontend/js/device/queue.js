// Sending what waits, once: one sender at a time (Web Locks), and the key of the form lets the server know a repetition.
// Used by pages and by the service worker.
import { solve } from "./solver.js";
import { all, arrive, change, get, put } from "./store.js";

export const DOOR = "/propuestas/envios.json";
export const TAG = "intake-envios";
const PATIENCE = 30_000;
/** Proofs of work in one sending: the second where the first came too late. */
const PROOFS = 2;

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("intake") : null;
/** Tells every window of this site, this one too, that what is on the device has changed. */
export const tell = () => {
  channel?.postMessage("changed");
  if (typeof document !== "undefined") document.dispatchEvent(new CustomEvent("intake:changed"));
};
export const listen = (act) => {
  channel?.addEventListener("message", act);
  document.addEventListener("intake:changed", act);
};

const ask = (options = {}) =>
  fetch(DOOR, { ...options, cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(PATIENCE) });

/** A fresh forgery token and stamp; throws without a network. */
export const token = async () => {
  const answer = await ask();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const body = async (answer) => {
  try {
    return await answer.json();
  } catch {
    return {};
  }
};

/** What the answer means for what is queued: a receipt, or what changes in it. */
const judged = (item, status, told) => {
  if (status === 200 && told.folio) {
    const { folio, code, follow, receipt } = told;
    return { receipt: { key: item.key, title: item.title, folio, code, follow, receipt, account: told.account, asWritten: told.as_written, withoutAccount: item.withoutAccount } };
  }
  if (status === 422 && (told.errors || told.messages))
    return { state: "refused", errors: told.errors ?? [], messages: told.messages ?? [] };
  if (status === 409 && told.reason === "closed") return { state: "closed", message: [told.message, ...(told.lines ?? [])].join(" ") };
  if (status === 429) return { message: told.message, notBefore: Date.now() + (told.seconds ?? 60) * 1000 };
  return { message: told.detail ?? "" }; // our fault, or an old token: it goes on waiting
};

const post = async (item, more) => {
  const answer = await ask({ method: "POST", body: new URLSearchParams([...item.pairs.map(([name, value]) => [name, value]), ["key", item.key], ...more]) });
  return [answer.status, await body(answer)];
};

/** Whether it still is to be sent: somebody may have opened or deleted it while the telephone was computing. */
const stillWaits = async (key) => (await get("queue", key))?.state === "waiting";

const send = async (item, csrf) => {
  const signed = ["csrf_token", csrf];
  let [status, told] = await post(item, [signed]);
  for (let proofs = 0; told.reason === "proof" && proofs < PROOFS; proofs += 1) {
    await change("queue", item.key, { message: told.message });
    tell();
    const proof = await solve(told.challenge).catch(() => ""); // without one it arrives all the same, and a person looks
    if (!(await stillWaits(item.key))) return true;
    [status, told] = await post(item, [signed, ["altcha", proof]]);
  }
  const found = judged(item, status, told);
  await (found.receipt ? arrive(found.receipt) : change("queue", item.key, { ...found, tried: (item.tried ?? 0) + 1 }));
  return Boolean(found.receipt || found.state);
};

const due = async () => (await all("queue")).filter((item) => item.state === "waiting" && !(item.notBefore > Date.now()));

/** One after the other; throws where something still waits, so that the browser asks again. */
const flushNow = async () => {
  if (!(await due()).length) return;
  const { csrf_token: csrf } = await token();
  let left = 0;
  for (const item of await due()) {
    try {
      left += (await send(item, csrf)) ? 0 : 1;
    } finally {
      tell();
    }
  }
  if (left) throw new Error("something still waits");
};

export const flush = () => (navigator.locks ? navigator.locks.request(TAG, flushNow) : flushNow());

/** Keeps it, and asks the browser to wake the service worker when the network is back, where it can. */
export const enqueue = async (item) => {
  await put("queue", { ...item, state: "waiting", written: new Date().toISOString() });
  tell();
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register(TAG);
  } catch {
    // not in this browser: it is sent when a page of this site is open and the network is back
  }
};
