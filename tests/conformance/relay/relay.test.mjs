// Relay's store against the server: what relay-compiler made of Customers.js, fetched, paged, changed and followed.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import { headCursor, headers, makeCustomers, socketUrl, url } from "../clients/api.mjs";
import { named } from "../clients/documents.mjs";

const { ConnectionHandler, Environment, Network, Observable, RecordSource, Store } = relay;
const { commitMutation, createOperationDescriptor, fetchQuery, getSingularSelector, requestSubscription } = relay;

const artifact = createRequire(process.env.CONFORMANCE_RELAY);
const compiled = (name) => artifact(`./${name}.graphql.js`);

const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers });

async function send({ text: query, name: operationName }, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.json();
}

function follow({ text: query, name: operationName }, variables) {
  return Observable.create((sink) => socket.subscribe({ query, operationName, variables }, sink));
}

const environment = new Environment({ network: Network.create(send, follow), store: new Store(new RecordSource()) });

const where = named("relay");
const query = createOperationDescriptor(compiled("CustomersQuery"), { where, count: 2 });

/** What a component with the fragment of the list is shown. */
function list() {
  const { data } = environment.lookup(query.fragment);
  return environment.lookup(getSingularSelector(compiled("Customers_list"), data)).data.customers;
}

/** What a component with the fragment of a row is shown. */
const row = (key) => environment.lookup(getSingularSelector(compiled("Customers_row"), key)).data;

const names = () => list().edges.map(({ node }) => node.name);

const commit = (mutation, variables) =>
  new Promise((onCompleted, onError) => {
    commitMutation(environment, { mutation: compiled(mutation), variables, onCompleted, onError });
  });

test("a connection is paged", async () => {
  await makeCustomers("relay 1", "relay 2", "relay 3");
  environment.retain(query);
  await fetchQuery(environment, compiled("CustomersQuery"), { where, count: 2 }).toPromise();
  assert.deepEqual(names(), ["relay 1", "relay 2"]);
  const { pageInfo, totalCount } = list();
  assert.deepEqual([pageInfo.hasNextPage, totalCount], [true, 3]);

  const next = { where, count: 2, cursor: pageInfo.endCursor };
  await fetchQuery(environment, compiled("CustomersPaginationQuery"), next).toPromise();
  assert.deepEqual(names(), ["relay 1", "relay 2", "relay 3"]);
  assert.equal(list().pageInfo.hasNextPage, false);
});

test("a new record is appended to the connection by directive", async () => {
  const connections = [ConnectionHandler.getConnectionID("client:root", "Customers_customers", { where })];
  const refused = await commit("CustomersCreateMutation", { input: { name: "" }, connections });
  assert.deepEqual(refused.createCustomer, { customer: null, errors: [{ code: "REQUIRED", field: ["name"] }] });
  await commit("CustomersCreateMutation", { input: { name: "relay 4" }, connections });
  assert.deepEqual(names(), ["relay 1", "relay 2", "relay 3", "relay 4"]);
});

test("a changed record shows wherever it is, and a row reloads itself through node(id:)", async () => {
  const { node } = list().edges[0];
  const { version } = row(node);
  const changed = await commit("CustomersUpdateMutation", { input: { id: node.__id, version, name: "relay one" } });
  assert.deepEqual(changed.updateCustomer.errors, []);
  assert.equal(names()[0], "relay one");
  // Somebody else changes it too: only fetching shows that.
  const { data } = await send(compiled("CustomersUpdateMutation").params, {
    input: { id: node.__id, version: version + 1, name: "relay uno" },
  });
  assert.deepEqual(data.updateCustomer.errors, []);
  assert.equal(row(node).name, "relay one");
  await fetchQuery(environment, compiled("CustomersRowRefetchQuery"), { id: node.__id }).toPromise();
  assert.deepEqual(row(node), { id: node.__id, version: version + 2, name: "relay uno" });
});

test("a subscription brings a change into the store", async () => {
  const [made] = await makeCustomers("relay 5");
  const after = await headCursor();
  await new Promise((resolve, reject) => {
    const { dispose } = requestSubscription(environment, {
      subscription: compiled("CustomersSubscription"),
      variables: { after },
      onNext: () => {
        if (environment.getStore().getSource().get(made.id)?.name !== "relay five") return;
        resolve();
        dispose();
      },
      onError: reject,
    });
    commit("CustomersUpdateMutation", { input: { id: made.id, version: 1, name: "relay five" } }).catch(reject);
  });
});

test.after(() => socket.dispose());
