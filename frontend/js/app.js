// Progressive enhancement: every page works without this file.
import { CharacterCount, ErrorSummary, createAll } from "govuk-frontend";
import { start } from "./device/everywhere.js";

// govuk-frontend asks for these classes; its usual inline script is not allowed here.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(ErrorSummary);
createAll(CharacterCount);

// A second press does not send a second time. The buttons come back when the page is shown again (Back button).
const buttons = (form) => form.querySelectorAll('button[type="submit"]');

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After the browser has taken the form's values, or the pressed button's own value would be lost.
  setTimeout(() => buttons(form).forEach((button) => (button.disabled = true)));
});

addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    buttons(form).forEach((button) => (button.disabled = false));
  });
});

// Filters stand open beside a list on a wide screen, in browsers whose style sheet cannot do it.
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60em)").matches) {
  document.querySelectorAll("details[data-filters]").forEach((details) => (details.open = true));
}

// Escape closes the menu and an open question, and gives the focus back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest("details[open].site-nav__phone, details[open].confirm");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// What a guest was writing stays on the telephone, also without a network; signing out takes what the account wrote, from whatever page.
start().catch(() => {}); // private windows may refuse to keep anything: pages work without

// "Volver" on the page of an error goes back in the browser, where what was typed still stands.
document.querySelector("a[data-back]")?.addEventListener("click", (event) => {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
});

// A file that is too large is named at once, before it travels; the server judges it again.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches('input[type="file"][data-max-bytes]')) return;
  const id = `${input.id}-size`;
  document.getElementById(id)?.remove();
  input.form?.querySelector(`input[name="too_heavy"]`)?.remove();
  input.removeAttribute("aria-invalid");
  const heavy = [...input.files].find((file) => file.size > Number(input.dataset.maxBytes));
  if (!heavy) return;
  const message = document.createElement("p");
  message.id = id;
  message.className = "govuk-error-message";
  message.setAttribute("role", "alert");
  message.textContent = `«${heavy.name}»: ${input.dataset.tooLarge}`;
  // It is not sent; its name is, so that the next page does not only say what was kept.
  input.form?.append(Object.assign(document.createElement("input"), { type: "hidden", name: "too_heavy", value: heavy.name }));
  input.before(message);
  input.setAttribute("aria-invalid", "true");
  input.value = "";
});
