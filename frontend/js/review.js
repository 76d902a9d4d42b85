// Keys for reviewers: a number sets the score of the criterion that has the focus, n says "not applicable", j and k walk.
// The page works without this file: the scores are native radio buttons.
const form = document.querySelector("form[data-review]");

if (form) {
  form.querySelector(".review__keys").hidden = false;
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const radiosOf = (criterion) => [...criterion.querySelectorAll('input[type="radio"]')];
  const focusOn = (criterion) => {
    const radios = radiosOf(criterion);
    (radios.find((radio) => radio.checked) ?? radios[0]).focus();
    criterion.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches('textarea, select, summary, input:not([type="radio"])')) return;
    const at = criteria.findIndex((criterion) => criterion.contains(event.target));
    if (event.key === "j" || event.key === "k") {
      const next = criteria[event.key === "j" ? Math.min(at + 1, criteria.length - 1) : Math.max(at - 1, 0)];
      event.preventDefault();
      focusOn(next);
      return;
    }
    const value = event.key === "n" ? "na" : event.key;
    const radio = at < 0 ? undefined : radiosOf(criteria[at]).find((one) => one.value === value);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
  });
}
