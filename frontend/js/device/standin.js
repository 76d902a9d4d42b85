// The page of what waits here, which also stands in for a page that needs the network: it says which of the two it is.
import { read } from "./draft.js";
import { token } from "./queue.js";

const PAUSE = 4_000;

const show = (state) => document.querySelectorAll("[data-when]").forEach((part) => (part.hidden = part.dataset.when !== state));

export const start = () => {
  const isHere = location.pathname === "/propuestas/sin-conexion";
  const look = async () => {
    if (isHere) return show(navigator.onLine ? "here" : "off");
    try {
      await token(); // the browser may believe in a network that leads nowhere
      show("back");
    } catch {
      show("off");
      if (navigator.onLine) setTimeout(look, PAUSE);
    }
  };
  show(isHere && navigator.onLine ? "here" : "off");
  look();
  ["online", "offline"].forEach((name) => addEventListener(name, look));
  document.querySelectorAll("[data-device-draft]").forEach((line) => (line.hidden = !read("")));
  document.querySelectorAll("[data-reload]").forEach((button) => button.addEventListener("click", () => location.reload()));
};
