// Prints the breaking changes from one schema to another, as graphql-inspector sees them: "KIND path".
import { readFile } from "node:fs/promises";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = await Promise.all(
  process.argv.slice(2).map(async (path) => buildSchema(await readFile(path, "utf8"))),
);
const changes = await diff(before, after);
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
console.log(JSON.stringify(breaking.map(({ type, path }) => `${type} ${path}`).sort()));
