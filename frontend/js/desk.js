// Keying sheets without a mouse: the scan moves, grows and turns by keys while the cursor stays in a field; one key saves and
// brings the next. Pictures are uploaded one by one, so that a stack passes the limit of one sending. Works without this file.
const image = document.querySelector("[data-desk-image]");
const frame = document.querySelector("[data-desk-frame]");
const form = document.querySelector("[data-desk-form]");
const MOST = 6;
const STEP = 120;

document.querySelectorAll("[data-desk-tools]").forEach((tools) => (tools.hidden = false));

let zoom = 1;
let turn = 0;

// A turned picture keeps its place in the frame: it is shifted back to the corner, and margins make up for the swapped sides.
const show = () => {
  const { naturalWidth, naturalHeight } = image;
  if (!naturalWidth) return;
  const ratio = naturalHeight / naturalWidth;
  const sideways = turn % 2 === 1;
  const shown = frame.clientWidth * (0.5 + 0.5 * zoom);
  const width = sideways ? shown / ratio : shown;
  const height = width * ratio;
  const shift = ["", `translateX(${height}px) `, `translate(${width}px, ${height}px) `, `translateY(${width}px) `][turn];
  Object.assign(image.style, {
    maxWidth: "none",
    width: `${width}px`,
    marginRight: sideways ? `${height - width}px` : "",
    marginBottom: sideways ? `${width - height}px` : "",
    transform: turn ? `${shift}rotate(${turn * 90}deg)` : "",
  });
  Object.assign(image.dataset, { zoomed: zoom, turned: turn });
};
const grow = (by) => {
  zoom = Math.min(MOST, Math.max(1, zoom + by));
  show();
};
const rotate = () => {
  turn = (turn + 1) % 4;
  show();
};
const moves = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };

if (image && frame) {
  document.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => grow(Number(button.dataset.zoom)));
  });
  document.querySelector("[data-turn]").addEventListener("click", rotate);
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const key = event.key;
    if (moves[key]) frame.scrollBy(...moves[key]);
    else if (key === "+" || key === "=") grow(1);
    else if (key === "-") grow(-1);
    else if (key.toLowerCase() === "g") rotate();
    else return;
    event.preventDefault(); // Alt with an arrow would leave the page
  });
}

if (form) {
  const failed = form.querySelector("[aria-invalid=true]");
  (failed ?? form.elements.title)?.focus({ preventScroll: !failed });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-desk-save]"));
  });
}

const upload = document.querySelector("[data-one-by-one]");

// Why a file was refused, as its answer says; `otherwise` where no answer came or it says nothing.
const reasons = async (answer, otherwise) => {
  if (answer?.status !== 422) return [otherwise];
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const lines = [...page.querySelectorAll(".govuk-error-summary__list li")].map((line) => line.textContent.trim());
  return lines.length ? lines : [otherwise];
};

const tell = (lines) => {
  document.querySelectorAll(".govuk-error-summary:not([data-one-by-one-refused]), .flash").forEach((old) => old.remove());
  const box = document.querySelector("[data-one-by-one-refused]");
  const items = lines.map((line) => {
    const link = Object.assign(document.createElement("a"), { href: "#files", textContent: line });
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  box.querySelector("ul").replaceChildren(...items);
  box.hidden = false;
  box.focus();
};

upload?.addEventListener("submit", async (event) => {
  const input = upload.querySelector('input[type="file"]');
  const files = [...input.files];
  if (files.length < 2) return;
  event.preventDefault();
  const status = upload.querySelector("[data-one-by-one-status]");
  const button = upload.querySelector('button[type="submit"]');
  const refused = [];
  let arrived = 0;
  button.disabled = true;
  let at = location.href;
  for (const [n, file] of files.entries()) {
    status.textContent = status.dataset.words.replace("{n}", n + 1).replace("{all}", files.length);
    const body = new FormData(upload);
    body.delete(input.name);
    body.append(input.name, file);
    const answer = await fetch(upload.action || location.href, { method: "POST", body }).catch(() => null);
    if (answer?.ok) {
      arrived += 1;
      at = answer.url;
    } else {
      refused.push(...(await reasons(answer, status.dataset.failed.replace("{name}", () => file.name))));
    }
  }
  if (!refused.length) return location.assign(at);
  status.textContent = status.dataset.arrived.replace("{n}", arrived).replace("{all}", files.length);
  tell(refused);
  upload.querySelector("[data-one-by-one-next]").hidden = !arrived;
  input.value = ""; // what arrived is not sent again
  button.disabled = false;
});
