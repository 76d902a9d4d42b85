// Saves presses in the territory picker (templates/macros/territory.html): choosing a province fetches its cantons, choosing a
// canton its parishes. Without this file the button "Actualizar" does the same on the server.
const option = (value, text) => {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
};

const refill = (select, blank, places) => {
  select.replaceChildren(option("", blank), ...places.map(({ codigo, nombre }) => option(codigo, nombre)));
};

const enhance = (box) => {
  const [province, canton, parish] = ["provincia", "canton", "parroquia"].map((name) =>
    box.querySelector(`select[name$="${name}"]`),
  );
  const button = box.querySelector("[data-territory-refresh]");
  if (!province || !canton || !parish) return;
  const home = button?.parentElement;
  let asked = 0;

  const children = async (code) => {
    if (!code) return [];
    const url = new URL(box.dataset.territory, location.href);
    url.searchParams.set("padre", code);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`territories: ${answer.status}`);
    return (await answer.json()).territorios;
  };

  const follow = async (select, blank, code) => {
    const turn = ++asked;
    try {
      const places = await children(code);
      if (turn === asked) refill(select, blank, places);
    } catch {
      if (button) home.append(button); // no network: the button works once it is back
    }
  };

  province.addEventListener("change", () => {
    refill(canton, box.dataset.blankCanton, []);
    refill(parish, box.dataset.blankParroquia, []);
    follow(canton, box.dataset.blankCanton, province.value);
  });
  canton.addEventListener("change", () => {
    refill(parish, box.dataset.blankParroquia, []);
    follow(parish, box.dataset.blankParroquia, canton.value);
  });
  button?.remove(); // hidden would not do: Enter in a text field presses the first button of a form, even one that is hidden
};

document.querySelectorAll("[data-territory]").forEach(enhance);
