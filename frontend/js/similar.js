// While somebody types a title: proposals that look alike, below it. Everything works without this file: the same stands on
// the page before sending. Nothing is shown in anybody's way, and a failed request shows nothing.
const box = document.querySelector("[data-similar]");
const title = box && document.getElementById(box.dataset.similarFor);

const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);

const line = ({ folio, url, title: words, language, state, reason }) => {
  const item = document.createElement("li");
  const facts = made("span", [folio, state, reason].filter(Boolean).join(" · "), { className: "similar__facts" });
  item.append(
    made("a", words, { href: url, target: "_blank", rel: "noopener", lang: language }),
    " ",
    made("span", box.dataset.similarApart, { className: "small" }),
    facts,
  );
  return item;
};

if (title) {
  const status = box.querySelector("[data-similar-status]");
  const list = box.querySelector("[data-similar-list]");
  let asked = "";
  let waiting;
  let running;
  const show = (heading, items) => {
    if (status.textContent !== heading) status.textContent = heading; // the same words are not read out twice
    list.replaceChildren(...items.map(line));
    box.classList.toggle("similar--shown", items.length > 0);
  };
  const ask = async () => {
    const words = title.value.trim();
    if (words === asked) return;
    asked = words;
    running?.abort();
    if (words.length < 8) {
      show("", []);
      return;
    }
    running = new AbortController();
    try {
      const address = `${box.dataset.similar}?${new URLSearchParams({ titulo: words })}`;
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { heading, items } = await answer.json();
      show(heading, items);
    } catch (error) {
      if (error.name !== "AbortError") show("", []);
    }
  };
  title.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  });
  if (title.value) ask();
}
