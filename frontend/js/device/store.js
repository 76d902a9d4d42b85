// What waits on this device and what has arrived, in IndexedDB, where pages and the service worker both reach it.
// queue: {key, title, pairs, state, written, …} by key; arrived: {key, title, folio, code, follow, receipt, account, asWritten, withoutAccount, inAccount}.
const open = () =>
  new Promise((done, failed) => {
    const asked = indexedDB.open("intake", 1);
    asked.onupgradeneeded = () => ["queue", "arrived"].forEach((name) => asked.result.createObjectStore(name, { keyPath: "key" }));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

/** Runs `act` on the named stores in one transaction, written to the disk before it is done. */
const within = async (names, mode, act) => {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const work = base.transaction(names, mode, { durability: "strict" });
      const asked = act(...names.map((name) => work.objectStore(name)));
      work.oncomplete = () => done(asked?.result);
      work.onabort = () => failed(work.error);
    });
  } finally {
    base.close();
  }
};

export const all = (name) => within([name], "readonly", (store) => store.getAll());
export const get = (name, key) => within([name], "readonly", (store) => store.get(key));
export const put = (name, value) => within([name], "readwrite", (store) => store.put(value));
export const remove = (name, key) => within([name], "readwrite", (store) => store.delete(key));
export const clear = (...names) => within(names, "readwrite", (...stores) => stores.forEach((store) => store.clear()));

/** Changes what lies under a key, if it still does. */
export const change = (name, key, values) =>
  within([name], "readwrite", (store) => {
    const asked = store.get(key);
    asked.onsuccess = () => asked.result && store.put({ ...asked.result, ...values });
  });

/** Puts the receipt in the place of what was queued: both or neither. */
export const arrive = (receipt) =>
  within(["queue", "arrived"], "readwrite", (queue, arrived) => {
    queue.delete(receipt.key);
    arrived.put(receipt);
  });
