// The client of GraphQL over server-sent events, in distinct connections mode.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { headCursor, headers, makeCustomers, url } from "./api.mjs";
import { CHANGES, CREATE, CUSTOMERS, named } from "./documents.mjs";

const client = createClient({ url, headers, singleConnection: false, retryAttempts: 0 });

/** The only answer of an operation. */
async function once(payload) {
  const answers = [];
  for await (const answer of client.iterate(payload)) answers.push(answer);
  assert.equal(answers.length, 1);
  return answers[0];
}

test("a mutation and a query are one event and the end", async () => {
  const made = await once({ query: CREATE, variables: { input: { name: "streamed 1" } } });
  assert.deepEqual(made.data.createCustomer.errors, []);
  const { data } = await once({ query: CUSTOMERS, variables: { where: named("streamed") } });
  assert.deepEqual(data.customers.edges.map(({ node }) => node), [made.data.createCustomer.customer]);
});

test("an operation that is not valid is told in the stream", async () => {
  const { errors } = await once({ query: "{ nothing }" });
  assert.deepEqual(errors.map(({ extensions }) => extensions.code), ["GRAPHQL_VALIDATION_FAILED"]);
});

test("a subscription begins after its cursor, and again after the last one seen", async () => {
  const listen = async (after, count) => {
    const seen = [];
    for await (const { data } of client.iterate({ query: CHANGES, variables: { after, types: ["CUSTOMER"] } })) {
      after = data.changes.cursor;
      if (data.changes.record?.name.startsWith("sent ")) seen.push(data.changes.record.name);
      if (seen.length === count) break;
    }
    return [after, seen];
  };
  const start = await headCursor();
  const listening = listen(start, 2);
  await makeCustomers("sent 1", "sent 2");
  const [after, first] = await listening;
  await makeCustomers("sent 3");
  const [, second] = await listen(after, 1);
  assert.deepEqual([first, second], [["sent 1", "sent 2"], ["sent 3"]]);
});
