// Errors that came without a page: in the summary with a link, and at the field, as the server draws them.
const clearOld = (form) => {
  form.querySelectorAll("[data-device-error]").forEach((line) => {
    document.getElementById(line.id.replace(/-device$/, ""))?.removeAttribute("aria-invalid");
    line.remove();
  });
  form.querySelectorAll(".govuk-form-group--error").forEach((group) => group.classList.remove("govuk-form-group--error"));
};

const mark = (field, text) => {
  field.closest(".govuk-form-group")?.classList.add("govuk-form-group--error");
  const line = Object.assign(document.createElement("p"), { className: "govuk-error-message", textContent: text, id: `${field.id}-device` });
  line.dataset.deviceError = "";
  const before = field.closest("fieldset:not(.group), .govuk-checkboxes, .govuk-character-count") ?? field;
  before.before(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${(field.getAttribute("aria-describedby") ?? "").replace(line.id, "")} ${line.id}`.trim());
};

const item = (text, id) => {
  const li = document.createElement("li");
  const link = id ? Object.assign(document.createElement("a"), { href: `#${id}` }) : li;
  link.textContent = text;
  if (link !== li) li.append(link);
  return li;
};

/** `errors`: [{field, messages}]; `messages`: those of no field. Shows the summary and gives it the focus. */
export const showErrors = (form, errors, messages = []) => {
  const box = form.querySelector("[data-device-errors]");
  clearOld(form);
  const lines = messages.map((text) => item(text));
  for (const { field, messages: said } of errors) {
    const named = form.elements[field];
    const control = named instanceof RadioNodeList ? named[0] : named;
    if (control) mark(control, said.join(" "));
    lines.push(item(said.join(" "), control?.id));
  }
  box.querySelector("[data-device-errors-list]").replaceChildren(...lines);
  box.hidden = !lines.length;
  if (lines.length) {
    form.prepend(box);
    box.focus();
  }
};
