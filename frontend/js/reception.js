// What a guest types stays on this device until it is kept or sent. Everything works without this file; the page says what it does.
const KEY = "intake:propuesta";
const forget = () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // storage may be switched off
  }
};

// Once the server has the text, or somebody has signed in, the device no longer needs it; nor after leaving the account.
if (document.querySelector("[data-autosave-done], [data-autosave-clear]")) forget();
document.addEventListener("submit", (event) => {
  if (event.target.matches(".account__form")) forget();
});

const kept = ["title", "problem", "solution", "expected_result", "theme", "organisation_name"]; // never contact data
const form = document.querySelector("form[data-autosave]");
const note = form?.querySelector("[data-autosave-note]");
if (form && note) {
  const fields = kept.map((name) => form.elements[name]).filter(Boolean);
  const show = (name) => {
    note.hidden = false;
    note.querySelectorAll("p").forEach((line) => (line.hidden = !line.matches(`[data-autosave-${name}]`)));
  };
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? "null");
    } catch {
      return null;
    }
  };
  const saved = read();
  if (saved && fields.every((field) => !field.value)) {
    fields.forEach((field) => (field.value = saved[field.name] ?? ""));
    show("restored");
  }
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      try {
        localStorage.setItem(KEY, JSON.stringify(values));
        show("kept");
      } catch {
        note.hidden = true; // full or switched off: promise nothing
      }
    }, 600);
  });
  note.querySelector("[data-autosave-forget]").addEventListener("click", () => {
    clearTimeout(waiting);
    forget();
    fields.forEach((field) => (field.value = ""));
    note.hidden = true;
    fields[0].focus();
  });
}

// Copying the code: offered only where the browser can.
const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  copy.parentElement.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.parentElement.querySelector("[data-copy-done]").hidden = false;
    } catch {
      copy.parentElement.hidden = true; // refused: the code stands right above
    }
  });
}
