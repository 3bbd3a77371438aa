// GraphiQL's editor runs its language services in web workers. It asks for
// them by label; these are the ones that build.mjs puts beside this bundle.
const SCRIPTS = { graphql: "graphql.worker.js", json: "json.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker(_workerId, label) {
    const script = SCRIPTS[label] ?? "editor.worker.js";
    return new Worker(new URL(script, import.meta.url), { name: label });
  },
};
