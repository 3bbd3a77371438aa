// Apollo Client with its normalised cache: no type policy but the pagination Relay's connections are made for.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { filter, firstValueFrom } from "rxjs";
import WebSocket from "ws";
import { headCursor, headers, makeCustomers, socketUrl, url } from "./api.mjs";
import { CHANGES, CREATE, CUSTOMERS, UPDATE, named } from "./documents.mjs";

const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers });

const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers }),
  ),
  cache: new InMemoryCache({
    typePolicies: { Query: { fields: { customers: relayStylePagination(["where"]) } } },
  }),
});

const names = ({ customers }) => customers.edges.map(({ node }) => node.name);

test("pages grow together, and a mutation shows in them by id alone", async () => {
  await makeCustomers("apollo 1", "apollo 2", "apollo 3");
  const page = { query: gql(CUSTOMERS), variables: { where: named("apollo"), first: 2 } };
  const { data: first } = await client.query(page);
  const watched = client.watchQuery(page);
  const watching = watched.subscribe();
  /** Waits until who watches the query is shown exactly these. */
  const shown = (...expected) =>
    firstValueFrom(watched.pipe(filter(({ data }) => data && isDeepStrictEqual(names(data), expected))));
  assert.deepEqual(names(first), ["apollo 1", "apollo 2"]);
  assert.equal(first.customers.totalCount, 3);
  await watched.fetchMore({ variables: { after: first.customers.pageInfo.endCursor } });
  await shown("apollo 1", "apollo 2", "apollo 3");

  const { id, version } = first.customers.edges[0].node;
  const { data } = await client.mutate({
    mutation: gql(UPDATE),
    variables: { input: { id, version, name: "apollo renamed" } },
  });
  assert.deepEqual(data.updateCustomer.errors, []);
  await shown("apollo renamed", "apollo 2", "apollo 3");
  assert.equal(client.cache.extract()[`Customer:${id}`].version, 2);
  watching.unsubscribe();
});

test("a refusal is data, an invalid operation an error", async () => {
  const { data } = await client.mutate({ mutation: gql(CREATE), variables: { input: { name: "" } } });
  assert.equal(data.createCustomer.errors[0].code, "REQUIRED");
  await assert.rejects(client.query({ query: gql("{ nothing }") }), ({ errors }) => {
    assert.equal(errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
    return true;
  });
});

test("a subscription over graphql-ws writes into the cache", async () => {
  const after = await headCursor();
  const arrived = new Promise((resolve, reject) => {
    const changes = client.subscribe({ query: gql(CHANGES), variables: { after, types: ["CUSTOMER"] } });
    const listening = changes.subscribe({
      next({ data, error }) {
        if (error) reject(error);
        if (data?.changes.record?.name !== "apollo live") return;
        listening.unsubscribe();
        resolve(data.changes.record);
      },
      error: reject,
    });
  });
  const [made] = await makeCustomers("apollo live");
  const record = await arrived;
  assert.deepEqual(record, { __typename: "Customer", id: made.id, name: "apollo live" });
  assert.equal(client.cache.extract()[`Customer:${made.id}`].name, "apollo live");
});

test.after(async () => {
  client.stop();
  await socket.dispose();
});
