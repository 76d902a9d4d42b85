// Pointing at a place on the project's own map (templates/reception/_pieces.html). Without this file two fields take the numbers.
const SVG = "http://www.w3.org/2000/svg";
const WHOLE = 1;
const CLOSEST = 24;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// The same two boxes as intake/reception/points.py.
const BOXES = [
  { south: -5.02, north: 1.47, west: -81.09, east: -75.18 },
  { south: -1.45, north: 1.72, west: -92.05, east: -89.2 },
];

const svg = (name, attributes = {}) => {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
};
const button = (text) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-button--secondary";
  made.textContent = text;
  return made;
};
const number = (text) => {
  const found = /^\s*([+\-−]?)(\d{1,3}(?:[.,]\d+)?)\s*°?\s*([NSEWO]?)\s*$/i.exec(text);
  if (!found) return null;
  const value = Number(found[2].replace(",", "."));
  return found[1] === "-" || found[1] === "−" || /[SWO]/i.test(found[3]) ? -value : value;
};
const written = (value) => value.toFixed(3).replace(".", ",");
const inEcuador = ({ latitude, longitude }) =>
  BOXES.some((b) => b.south <= latitude && latitude <= b.north && b.west <= longitude && longitude <= b.east);
const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

/** The map and its buttons inside `place`; `fields` are the two inputs, which stay what is sent. */
const build = (place, fields, map, provinceSelect) => {
  const words = place.dataset;
  const { west, north, scale, margin, islands, border } = map.degrees;
  const [, , width, height] = map.viewBox.split(" ").map(Number);
  const project = ({ latitude, longitude }) => ({
    x: ((longitude < border ? longitude + islands : longitude) - west) * scale + margin,
    y: (north - latitude) * scale + margin,
  });
  const inset = map.inset;
  const unproject = ({ x, y }) => {
    const isInset = x >= inset.x && x <= inset.x + inset.width && y >= inset.y && y <= inset.y + inset.height;
    return { latitude: north - (y - margin) / scale, longitude: (x - margin) / scale + west - (isInset ? islands : 0) };
  };

  const picture = svg("svg", { class: "map__svg point__map", tabindex: "0", role: "application", "aria-label": words.wordsMap });
  const shapes = Object.values(map.provinces).map((province) => {
    const path = svg("path", { class: "map__land", d: province.d });
    picture.append(path);
    return { name: province.name, path };
  });
  picture.append(svg("rect", { class: "map__inset", ...inset, rx: 6 }));
  const mark = svg("g", { class: "point__mark", visibility: "hidden" });
  mark.append(svg("path", { class: "map__spot", d: "M0 0c-3-6-7-9-7-14a7 7 0 0 1 14 0c0 5-4 8-7 14z" }), svg("circle", { class: "point__hole", cx: 0, cy: -14, r: 2.6 }));
  picture.append(mark);

  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "small";
  let view = { x: width / 2, y: height / 2, zoom: WHOLE };

  const draw = () => {
    const [w, h] = [width / view.zoom, height / view.zoom];
    const x = Math.min(Math.max(view.x, w / 2), width - w / 2);
    const y = Math.min(Math.max(view.y, h / 2), height - h / 2);
    view = { ...view, x, y };
    picture.setAttribute("viewBox", `${x - w / 2} ${y - h / 2} ${w} ${h}`);
    const point = current();
    mark.setAttribute("visibility", point && inEcuador(point) ? "visible" : "hidden");
    if (point && inEcuador(point)) {
      const at = project(point);
      mark.setAttribute("transform", `translate(${at.x} ${at.y}) scale(${1.6 / view.zoom})`);
    }
  };
  const current = () => {
    const [latitude, longitude] = fields.map((field) => number(field.value));
    return latitude === null || longitude === null ? null : { latitude, longitude };
  };
  const provinceOf = (at) => {
    const here = Object.assign(picture.createSVGPoint(), at);
    return shapes.find(({ path }) => path.isPointInFill(here))?.name;
  };
  const tell = (point) => {
    const at = project(point);
    const name = provinceOf(at);
    const [latitude, longitude] = [written(point.latitude), written(point.longitude)];
    const said = filled(words.wordsSet, { latitude, longitude });
    status.textContent = name ? `${said} ${filled(words.wordsInProvince, { name })}` : said;
  };
  const set = (point) => {
    if (!inEcuador(point)) {
      status.textContent = words.wordsOutside;
      return;
    }
    fields[0].value = written(point.latitude);
    fields[1].value = written(point.longitude);
    fields.forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true })));
    tell(point);
  };
  const zoomTo = (zoom, around = current()) => {
    const center = around && inEcuador(around) ? project(around) : view;
    view = { x: center.x, y: center.y, zoom: Math.min(Math.max(zoom, WHOLE), CLOSEST) };
    draw();
  };

  picture.addEventListener("click", (event) => {
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    set(unproject(spot));
  });
  picture.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "-") {
      event.preventDefault();
      zoomTo(event.key === "+" ? view.zoom * 2 : view.zoom / 2);
      return;
    }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const known = current();
    const from = known && inEcuador(known) ? project(known) : { x: view.x, y: view.y };
    const far = (event.shiftKey ? 1 : 8) / view.zoom;
    const next = { x: from.x + step[0] * far, y: from.y + step[1] * far };
    set(unproject(next));
    zoomTo(view.zoom);
  });
  fields.forEach((field) => field.addEventListener("input", draw));

  const [closer, farther, clear, here] = [words.wordsIn, words.wordsOut, words.wordsClear, words.wordsHere].map(button);
  closer.addEventListener("click", () => zoomTo(view.zoom * 2));
  farther.addEventListener("click", () => zoomTo(view.zoom / 2));
  clear.addEventListener("click", () => {
    fields.forEach((field) => {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    status.textContent = "";
  });
  here.addEventListener("click", () => {
    status.textContent = words.wordsAsking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set(coords);
        zoomTo(8);
      },
      () => (status.textContent = words.wordsRefused),
      { timeout: 20_000, maximumAge: 60_000 },
    );
  });
  const buttons = document.createElement("div");
  buttons.className = "govuk-button-group";
  buttons.append(closer, farther, clear, ...("geolocation" in navigator ? [here] : []));
  place.append(buttons, picture, status);
  place.hidden = false;

  // Begin where the person already is: at the point, or in the province that was chosen above.
  const chosen = shapes[Object.keys(map.provinces).indexOf(provinceSelect?.value)];
  if (current()) zoomTo(8);
  else if (chosen) {
    const box = chosen.path.getBBox();
    view = { x: box.x + box.width / 2, y: box.y + box.height / 2, zoom: Math.min(width / box.width, height / box.height, CLOSEST) * 0.8 };
  }
  draw();
};

document.querySelectorAll("[data-point-picker]").forEach((details) => {
  const place = details.querySelector("[data-point-map]");
  const fields = ["latitude", "longitude"].map((name) => details.querySelector(`[data-point="${name}"]`));
  const begin = async () => {
    if (!details.open || place.dataset.begun) return;
    place.dataset.begun = "yes";
    try {
      const answer = await fetch(details.dataset.pointPicker);
      if (!answer.ok) throw new Error(`map: ${answer.status}`);
      build(place, fields, await answer.json(), details.closest("form")?.elements.provincia);
    } catch {
      delete place.dataset.begun; // no network: the two fields below take the numbers
    }
  };
  details.addEventListener("toggle", begin);
  begin();
});
