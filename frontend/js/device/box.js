// Shows what waits on this device and what has arrived: templates/reception/_device.html.
import { forget, inside } from "./draft.js";
import { textOf } from "./fields.js";
import { flush, listen, tell } from "./queue.js";
import { all, change, clear, remove } from "./store.js";

const put = (node, selector, text) => {
  const found = node.querySelector(selector);
  if (found) {
    found.textContent = text ?? "";
    found.hidden = !text;
  }
};

const show = (box, state, item) => {
  const node = box.querySelector(`template[data-device-of="${state}"]`).content.firstElementChild.cloneNode(true);
  node.dataset.key = item.key;
  node.dataset.state = state;
  node.dataset.said = item.message ?? "";
  node.dataset.held = item.inAccount ?? "";
  node.tabIndex = -1;
  put(node, "[data-title]", item.title);
  put(node, "[data-message]", item.message);
  put(node, "[data-folio]", item.folio);
  put(node, "[data-code]", item.code);
  put(node, "[data-text]", item.pairs && textOf(item.pairs));
  if (item.code) node.querySelector("[data-with-code]").hidden = false;
  if (item.asWritten === false) node.querySelector("[data-changed]").hidden = false;
  for (const name of ["follow", "receipt"]) node.querySelector(`[data-${name}]`)?.setAttribute("href", item[name]);
  const mine = item.withoutAccount || inside();
  node.querySelectorAll("[data-without-account]").forEach((line) => (line.hidden = !mine || Boolean(item.inAccount)));
  node.querySelectorAll("[data-in-account-now]").forEach((line) => (line.hidden = !item.inAccount));
  if (item.account) node.querySelector("[data-account]")?.setAttribute("href", item.account);
  const open = node.querySelector("[data-open]");
  if (open) open.href += `#clave=${item.key}`;
  const said = [...(item.errors ?? []).flatMap((error) => error.messages), ...(item.messages ?? [])];
  node.querySelector("[data-errors]")?.replaceChildren(
    ...said.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  return node;
};

const actions = {
  send: async (key) => {
    await change("queue", key, { state: "waiting", notBefore: 0, message: "" });
    await flush().catch(() => {});
  },
  forgetOne: async (key) => {
    await remove("queue", key);
    await remove("arrived", key);
  },
  deviceForget: async () => {
    await clear("queue", "arrived");
    forget();
    forget(inside());
    document.dispatchEvent(new CustomEvent("intake:forgotten"));
  },
};

const mark = ({ dataset }) => `${dataset.key}${dataset.state}${dataset.said}${dataset.held}`;

export const start = (box) => {
  const list = box.querySelector("[data-device-list]");
  /** Draws them anew: what is said for the first time is read aloud, and the focus stays with its proposal. */
  const renew = (nodes) => {
    const before = [...list.children].map((node) => node.dataset.said);
    const fresh = nodes.map((node) => node.dataset.said).find((text) => text && !before.includes(text));
    const focused = list.contains(document.activeElement) && document.activeElement.closest("[data-key]").dataset.key;
    list.replaceChildren(...nodes);
    nodes.find((node) => node.dataset.key === focused)?.focus();
    if (fresh) box.querySelector("[data-device-status]").textContent = fresh;
  };
  const draw = async () => {
    const [queued, arrived] = await Promise.all([all("queue"), all("arrived")]);
    const nodes = [...arrived.map((item) => show(box, "arrived", item)), ...queued.map((item) => show(box, item.state, item))];
    if (nodes.map(mark).join() !== [...list.children].map(mark).join() || !nodes.length) renew(nodes);
    list.querySelectorAll('[data-state="waiting"] [data-send]').forEach((button) => (button.hidden = !navigator.onLine));
    box.hidden = !nodes.length;
    document.querySelectorAll("[data-device-empty]").forEach((line) => (line.hidden = nodes.length > 0));
  };
  box.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    const name = button && Object.keys(actions).find((one) => one in button.dataset);
    if (!name) return;
    button.disabled = true;
    await actions[name](button.closest("[data-key]")?.dataset.key);
    button.disabled = false;
    tell();
  });
  const again = () => draw().catch(() => {});
  listen(again);
  ["online", "offline"].forEach((name) => addEventListener(name, again));
  return draw().catch(() => {}); // no IndexedDB: nothing waits
};

/** Says aloud what happened to something of this page. */
export const say = (box, state) => {
  box.querySelector("[data-device-status]").textContent = box.querySelector("[data-device-status]").dataset[state] ?? "";
};
