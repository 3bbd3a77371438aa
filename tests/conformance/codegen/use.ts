// What a program gets from the generated types: what must not compile says so.
import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import type { ChangesDocument, LiveDocument, SyncCustomersDocument } from "./operations.js";
import type { CustomerBy } from "./schema.js";

const rows: VariablesOf<typeof SyncCustomersDocument> = {
  input: {
    items: [
      { ref: { system: "shop", externalId: "17", version: 1 }, name: "Ann", kind: "PERSON", custom: { vip: true } },
      { ref: { system: "shop", externalId: "18", version: "2026-01-31T09:30:00Z" }, deleted: true },
      // @ts-expect-error There is no such kind.
      { ref: { system: "shop", externalId: "19" }, kind: "ROBOT" },
      // @ts-expect-error A row has a key.
      { name: "Ann" },
    ],
  },
};

export const one: CustomerBy = { ref: { system: "shop", externalId: "17" } };
// @ts-expect-error One record is named in one way.
export const two: CustomerBy = { id: "customer_1", ref: { system: "shop", externalId: "17" } };

export function times({ changes }: ResultOf<typeof ChangesDocument>): string[] {
  // @ts-expect-error What is refused is null.
  changes.endCursor;
  if (!changes) return [];
  // @ts-expect-error A change may have no record any more.
  const gone: { id: string } = changes.nodes[0]!.record;
  return [gone.id, String(rows.input.items), ...changes.nodes.map(({ at }) => at)];
}

export function name({ changes: { record } }: ResultOf<typeof LiveDocument>): string | undefined {
  return record && "name" in record ? record.name : undefined;
}
