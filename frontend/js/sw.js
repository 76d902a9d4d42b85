// The service worker: opens the form and the page of what waits without a network, and sends what waits when it is back.
//
// It keeps the addresses that the server names (self.intake) and lists of places, all fetched without cookies, so that no
// page of an account and nothing of a session can be among them. Every other answer passes through and is never stored.
import { isStorable } from "./device/storable.js";
import { TAG, flush } from "./device/queue.js";

const { version, files, pages } = self.intake;
const CACHE = `intake-${version}`;
const FORM = "/propuestas/nueva";
const FORM_PAGE = "/propuestas/sin-conexion/formulario";
const DEVICE_PAGE = "/propuestas/sin-conexion";
const PLACES = "/actores/territorios.json";
const LANGUAGE = "/propuestas/sin-conexion/idioma";
const PATIENCE = 12_000;

const withoutCookies = (address) => fetch(address, { credentials: "omit", cache: "no-cache", redirect: "error" });

/** Fetches as nobody and keeps it, if it may be kept. */
const store = async (address, build = null) => {
  const answer = await withoutCookies(address);
  if (!isStorable(answer, build)) return answer;
  const cache = await caches.open(CACHE);
  await cache.put(address, answer.clone());
  return answer;
};

const install = async () => {
  const kept = await Promise.all([...files.map((file) => store(file)), ...pages.map((page) => store(page, version))]);
  const lacks = kept.slice(0, files.length).find((answer) => !answer.ok);
  if (lacks) throw new Error(`${lacks.url}: ${lacks.status}`); // without our files no page would work: stay with the old ones
  await self.skipWaiting();
};

const activate = async () => {
  for (const name of await caches.keys()) if (name.startsWith("intake-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
};

// -- the language last read, to open a page in it

const language = async () => (await (await caches.open(CACHE)).match(LANGUAGE))?.text();
const remember = async (code) => (await caches.open(CACHE)).put(LANGUAGE, new Response(code));

const kept = async (path, asked) => {
  const cache = await caches.open(CACHE);
  const code = asked ?? (await language()) ?? "es";
  return (await cache.match(`${path}?lang=${code}`)) ?? (await cache.match(`${path}?lang=es`));
};

// -- answering

const patient = (request) =>
  Promise.race([fetch(request), new Promise((_done, failed) => setTimeout(() => failed(new Error("too slow")), PATIENCE))]);

const refreshShell = () => Promise.allSettled(pages.map((page) => store(page, version)));

/** The network's page; without a network the kept form for the form, and for the rest the page of what waits. */
const page = async (event, url) => {
  const isForm = url.pathname === FORM || url.pathname === FORM_PAGE;
  try {
    // a form on its way may take as long as it needs: given up here it could arrive all the same
    const answer = await (isForm && event.request.method === "GET" ? patient(event.request) : fetch(event.request));
    if (isForm && answer.ok) event.waitUntil(refreshShell());
    return answer;
  } catch (error) {
    const found = await kept(isForm ? FORM_PAGE : DEVICE_PAGE, url.searchParams.get("lang"));
    if (found) return found;
    throw error;
  }
};

const file = async (request) => (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);

/** Places change once in years: the network's list, kept; without a network the kept one. */
const places = async (url) => {
  const address = url.pathname + url.search;
  try {
    return await store(address);
  } catch (error) {
    const found = await caches.match(address, { cacheName: CACHE });
    if (found) return found;
    throw error;
  }
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("sync", (event) => event.tag === TAG && event.waitUntil(flush()));
self.addEventListener("message", (event) => {
  const code = event.data?.language;
  if (/^[a-z]{2}$/.test(code ?? "")) event.waitUntil(remember(code));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (request.method === "GET" && files.includes(url.pathname)) event.respondWith(file(request));
  else if (request.method === "GET" && url.pathname === PLACES) event.respondWith(places(url));
});
