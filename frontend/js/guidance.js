// A word while writing: capitals are hard to read. It refuses nothing; the server says the same before sending.
const LETTERS = 20;
const SHARE = 0.8;

const isShouted = (text) => {
  const letters = [...text].filter((c) => /\p{L}/u.test(c));
  return letters.length >= LETTERS && letters.filter((c) => /\p{Lu}/u.test(c)).length > SHARE * letters.length;
};

const form = document.querySelector("form[data-shouted]");
form?.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches('textarea, input[name="title"]')) return;
  const id = `${field.id}-mayusculas`;
  const known = document.getElementById(id);
  if (!isShouted(field.value)) {
    known?.remove();
    return;
  }
  if (known) return;
  const note = document.createElement("p");
  note.id = id;
  note.className = "govuk-hint shouted";
  note.setAttribute("role", "status");
  (field.closest(".govuk-character-count") ?? field).after(note);
  note.textContent = form.dataset.shouted;
});
