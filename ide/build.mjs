// Bundles GraphiQL and the editor's workers into the Python package, together
// with the licences of everything that went into the bundle.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const outdir = join(root, "../src/qms_graphql/app/ide_assets");

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  minify: true,
  metafile: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};

/** The folder under node_modules of each package that the inputs came from. */
function packageFolders(metafile) {
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? [],
  );
  return [...new Set(folders)];
}

/** The name, version and licence text of one package, as one section. */
async function licence(folder) {
  const about = JSON.parse(
    await readFile(join(root, folder, "package.json"), "utf8"),
  );
  const names = (await readdir(join(root, folder))).filter((name) =>
    /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(name),
  );
  const texts = await Promise.all(
    names.map((name) => readFile(join(root, folder, name), "utf8")),
  );
  const title = `${about.name} ${about.version} (${about.license})`;
  return [title, "=".repeat(title.length), ...texts].join("\n\n");
}

await rm(outdir, { recursive: true, force: true });

// The page goes last: the server takes main.js as the sign of a whole build.
const workers = await build({
  ...common,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});

const page = await build({
  ...common,
  entryPoints: { main: "src/main.jsx" },
  // One file: GraphiQL imports the editor's style sheets lazily, and only a
  // bundle without splitting gathers them all into main.css.
  format: "esm",
  jsx: "automatic",
  loader: { ".ttf": "file" },
  assetNames: "[name]",
});

const folders = new Set(
  [workers, page].flatMap(({ metafile }) => packageFolders(metafile)),
);
const sections = await Promise.all([...folders].sort().map(licence));
await writeFile(join(outdir, "LICENSES.txt"), sections.join("\n\n\n") + "\n");
