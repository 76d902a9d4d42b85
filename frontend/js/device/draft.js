// The draft on this device, in localStorage: written at once, also while a page is being closed. Signing out takes the
// account's, never a guest's.
const GUEST = "intake:propuesta";
const ACCOUNT = "intake:cuenta";
const WHOLE = "intake:completa";
const LEFT = "intake:salida";
const SENT = "intake:enviando";
const TAKEN = "intake:entregada";
const HELD = "intake:en-cuenta";
const INSIDE = "intake:dentro";

const quietly = (act) => {
  try {
    return act();
  } catch {
    return null; // storage may be full or switched off
  }
};
const parsed = (text) => JSON.parse(text ?? "null");

/** {key, pairs} as last kept for a guest (owner "") or for an account, whose mark must be the same. */
export const read = (owner) => {
  const kept = quietly(() => parsed(localStorage.getItem(owner ? ACCOUNT : GUEST)));
  return kept?.pairs && (kept.owner ?? "") === owner ? kept : null;
};
/** Whether it could be kept. */
export const write = (owner, draft) =>
  quietly(() => {
    localStorage.setItem(owner ? ACCOUNT : GUEST, JSON.stringify({ ...draft, owner }));
    return true;
  }) ?? false;
export const forget = (owner = "") => quietly(() => localStorage.removeItem(owner ? ACCOUNT : GUEST));

/** The server has what was written under this key: neither a guest's nor an account's draft of it stays. Another text, or
 * one while nothing was sent from this window (somebody opens an older draft), is nobody's but this device's. */
export const done = (key) =>
  [GUEST, ACCOUNT].forEach((name) => {
    const kept = quietly(() => parsed(localStorage.getItem(name)));
    if (key && kept?.key === key) quietly(() => localStorage.removeItem(name));
  });

/** The whole form on its way to the server, for this window only: where the way is cut, the form comes back full. */
export const leave = (key, pairs) => quietly(() => sessionStorage.setItem(WHOLE, JSON.stringify({ key, pairs })));
export const comeBack = () => {
  const whole = quietly(() => parsed(sessionStorage.getItem(WHOLE)));
  quietly(() => sessionStorage.removeItem(WHOLE));
  return whole;
};
export const sending = (key) => quietly(() => sessionStorage.setItem(SENT, key));
/** The server has what this window sent: said by a page that may be left before IndexedDB is changed, so it is kept. */
export const taken = () => {
  const key = quietly(() => sessionStorage.getItem(SENT));
  quietly(() => [SENT, WHOLE].forEach((name) => sessionStorage.removeItem(name)));
  if (key) quietly(() => sessionStorage.setItem(TAKEN, key));
  done(key);
};
/** What is queued under this key can go; then `forgetTaken`. */
export const wasTaken = () => quietly(() => sessionStorage.getItem(TAKEN));
export const forgetTaken = () => quietly(() => sessionStorage.removeItem(TAKEN));

/** Folios that pages showed as being in the reader's account, until their receipts on this device say so too. */
export const held = () => quietly(() => parsed(localStorage.getItem(HELD))) ?? [];
export const hold = (folio) => quietly(() => localStorage.setItem(HELD, JSON.stringify([...new Set([...held(), folio])])));
export const forgetHeld = () => quietly(() => localStorage.removeItem(HELD));

/** The mark of the account that this browser is signed in with, as the last page with a network said; "" for a guest. */
export const inside = () => quietly(() => localStorage.getItem(INSIDE)) ?? "";
export const note = (owner) => quietly(() => (owner ? localStorage.setItem(INSIDE, owner) : localStorage.removeItem(INSIDE)));

/** Signing out takes what was written while signed in. What a guest wrote before stays: nothing else keeps it. What was
 * taken stays too, until the next page has removed what is queued under it. */
export const signOut = () =>
  quietly(() => {
    [ACCOUNT, INSIDE].forEach((name) => localStorage.removeItem(name));
    [WHOLE, SENT].forEach((name) => sessionStorage.removeItem(name));
    localStorage.setItem(LEFT, "yes");
  });
export const hasLeft = () => quietly(() => localStorage.getItem(LEFT)) !== null;
export const stayed = () => quietly(() => localStorage.removeItem(LEFT));
