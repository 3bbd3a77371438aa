// The client of graphql-transport-ws: queries, mutations, subscriptions, and the resumption of one after a break.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { headCursor, headers, makeCustomers, socketUrl } from "./api.mjs";
import { CHANGES, CREATE, CUSTOMERS, named } from "./documents.mjs";

const connect = (options) =>
  createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers, ...options });

/** The only answer of an operation. */
async function once(client, payload) {
  const answers = [];
  for await (const answer of client.iterate(payload)) answers.push(answer);
  assert.equal(answers.length, 1);
  assert.equal(answers[0].errors, undefined);
  return answers[0].data;
}

test("a mutation and a query", async () => {
  const client = connect();
  const { createCustomer } = await once(client, { query: CREATE, variables: { input: { name: "socket 1" } } });
  assert.deepEqual(createCustomer.errors, []);
  const { customers } = await once(client, { query: CUSTOMERS, variables: { where: named("socket") } });
  assert.deepEqual(customers.edges.map(({ node }) => node), [createCustomer.customer]);
  await client.dispose();
});

test("an operation that is not valid is an error of the operation, and the connection stays", async () => {
  const client = connect();
  await assert.rejects(once(client, { query: "{ nothing }" }), ([{ extensions }]) => {
    assert.equal(extensions.code, "GRAPHQL_VALIDATION_FAILED");
    return true;
  });
  assert.deepEqual(await once(client, { query: "{ __typename }" }), { __typename: "Query" });
  await client.dispose();
});

test("a token that is not valid closes with 4403", async () => {
  const client = connect({ connectionParams: { Authorization: "Bearer qms_none" }, retryAttempts: 0 });
  await assert.rejects(once(client, { query: "{ __typename }" }), ({ code }) => code === 4403);
});

test("a subscription goes on after a broken connection where it was: nothing is missed, nothing comes twice", async () => {
  let cursor = await headCursor();
  let connections = 0;
  const seen = [];
  const client = connect({ retryAttempts: 5, retryWait: async () => {}, shouldRetry: () => true });
  client.on("connected", () => (connections += 1));
  const changes = client.iterate({
    query: CHANGES,
    // Read anew whenever the client subscribes again.
    get variables() {
      return { after: cursor, types: ["CUSTOMER"] };
    },
  });
  const upTo = async (count) => {
    while (seen.length < count) {
      const { value } = await changes.next();
      const { changes: change } = value.data;
      assert.equal(change.previousCursor, cursor);
      cursor = change.cursor;
      if (change.record?.name.startsWith("resumed ")) seen.push(change.record.name);
    }
  };
  await makeCustomers("resumed 1", "resumed 2");
  await upTo(2);
  client.terminate();
  await makeCustomers("resumed 3", "resumed 4");
  await upTo(4);
  await changes.return();
  assert.deepEqual(seen, ["resumed 1", "resumed 2", "resumed 3", "resumed 4"]);
  assert.equal(connections, 2);
});
