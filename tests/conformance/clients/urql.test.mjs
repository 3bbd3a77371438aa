// urql with its normalised cache, which knows the schema: it says so when a type has no key or a field is unknown.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { getIntrospectionQuery } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { ask, headCursor, headers, makeCustomers, socketUrl, url } from "./api.mjs";
import { CHANGES, CREATE, CUSTOMERS, UPDATE, named } from "./documents.mjs";

const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers });
const complaints = [];

const client = new Client({
  url,
  fetchOptions: { headers },
  exchanges: [
    cacheExchange({
      schema: await ask(getIntrospectionQuery()),
      resolvers: { Query: { customers: relayPagination() } },
      // What is a part of another record, and has no id of its own.
      keys: { Change: () => null, UserError: () => null },
      logger: (severity, message) => severity === "debug" || complaints.push(message),
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query ?? "", variables }, sink) }),
      }),
    }),
  ],
});

const names = ({ customers }) => customers.edges.map(({ node }) => node.name);

test("pages grow together, and a mutation shows in them by id alone", async () => {
  await makeCustomers("urql 1", "urql 2", "urql 3");
  const shown = [];
  const where = named("urql");
  const read = (after) => client.query(CUSTOMERS, { where, first: 2, after });
  const watching = read().subscribe(({ data }) => data && shown.push(names(data)));

  const { data: first, error } = await read().toPromise();
  assert.equal(error, undefined);
  assert.deepEqual(names(first), ["urql 1", "urql 2"]);
  const { data: second } = await read(first.customers.pageInfo.endCursor).toPromise();
  assert.deepEqual(names(second), ["urql 1", "urql 2", "urql 3"]);

  const { id, version } = first.customers.edges[0].node;
  const { data } = await client.mutation(UPDATE, { input: { id, version, name: "urql renamed" } }).toPromise();
  assert.deepEqual(data.updateCustomer.errors, []);
  assert.equal(shown.at(-1)[0], "urql renamed");
  watching.unsubscribe();
});

test("a refusal is data, an invalid operation an error", async () => {
  const { data } = await client.mutation(CREATE, { input: { name: "" } }).toPromise();
  assert.equal(data.createCustomer.errors[0].code, "REQUIRED");
  const { error } = await client.query("query ($id: ID!) { node(id: $id) { id } }", { id: "none" }).toPromise();
  assert.equal(error.graphQLErrors[0].extensions.code, "BAD_USER_INPUT");
});

test("a subscription over graphql-ws", async () => {
  const after = await headCursor();
  const arrived = new Promise((resolve, reject) => {
    const listening = client.subscription(CHANGES, { after, types: ["CUSTOMER"] }).subscribe(({ data, error }) => {
      if (error) reject(error);
      if (data?.changes.record?.name !== "urql live") return;
      resolve(data.changes.record);
      setImmediate(() => listening.unsubscribe());
    });
  });
  const [made] = await makeCustomers("urql live");
  assert.equal((await arrived).id, made.id);
});

test("the cache had nothing to complain of", () => assert.deepEqual(complaints, []));

test.after(() => socket.dispose());
