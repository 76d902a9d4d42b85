// Between a form and what is kept of it: pairs of name and value, with the words of a choice as a third.
const TEXT = ["title", "problem", "solution", "expected_result", "organisation_name"];
const CHOSEN = ["theme", "provincia", "canton", "parroquia", "approaches", "branch", "proposer_kind", "public_name", "latitude", "longitude"];
const KEPT = new Set([...TEXT, ...CHOSEN]);
const CONTACT = new Set(["contact_name", "contact_email", "contact_phone", "consent", "website", "opened"]);
/** Lists of these depend on a choice above, and may be missing without a network. */
const BELOW = new Set(["canton", "parroquia"]);

const isBox = (control) => control.type === "checkbox" || control.type === "radio";

/** What was typed. Contact data only where it is to be sent: no draft keeps it. */
export const gather = (form, { contact = false } = {}) =>
  [...form.elements].flatMap((control) => {
    if (!(KEPT.has(control.name) || (contact && CONTACT.has(control.name)))) return [];
    if (isBox(control)) return control.checked ? [[control.name, control.value]] : [];
    const words = control.selectedOptions?.[0]?.textContent;
    return [words && control.value ? [control.name, control.value, words] : [control.name, control.value]];
  });

const choose = (select, value, words) => {
  select.value = value;
  if (select.value === value || !words || !BELOW.has(select.name)) return;
  select.append(Object.assign(document.createElement("option"), { value, textContent: words }));
  select.value = value;
};

export const fill = (form, pairs) => {
  const named = new Set(pairs.map(([name]) => name));
  for (const control of form.elements) {
    if (!(named.has(control.name) || (isBox(control) && KEPT.has(control.name)))) continue;
    if (control.name === "opened") continue; // the page that is shown says when it was drawn
    const found = pairs.filter(([name]) => name === control.name);
    if (isBox(control)) control.checked = found.some(([, value]) => value === control.value);
    else if (control.options) choose(control, ...found[0].slice(1));
    else control.value = found[0][1];
    control.dispatchEvent(new Event("keyup", { bubbles: true })); // the counters count
  }
};

export const isEmpty = (form) => TEXT.every((name) => !form.elements[name]?.value.trim());
export const titleOf = (pairs) => pairs.find(([name]) => name === "title")?.[1] ?? "";
export const textOf = (pairs) => pairs.filter(([name, value]) => TEXT.includes(name) && value).map(([, value]) => value).join("\n\n");

const words = (form, name) => form.elements[name].value.trim().split(/\s+/).filter(Boolean).length;

/** What can be seen without the server, which judges again: names of the fields that are not ready to be sent. */
export const missing = (form) => {
  const reached = CONTACTS.some((name) => form.elements[name]?.value.trim());
  return [
    form.elements.title.value.trim().length < 15 && "title",
    words(form, "problem") < 10 && "problem",
    words(form, "solution") < 10 && "solution",
    !form.elements.theme.value && "theme",
    reached && !form.elements.consent.checked && "consent",
  ].filter(Boolean);
};
const CONTACTS = ["contact_name", "contact_email", "contact_phone"];
