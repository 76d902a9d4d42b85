// Looks for the number of a proof of work beside the page, which goes on answering: posts the number, or -1.
import { searcher } from "./device/solver.js";

addEventListener("message", ({ data }) => postMessage(searcher(data)(0, data.maxnumber)));
