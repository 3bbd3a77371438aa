// No client at all: fetch, as every browser and Node have it.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { headers, makeCustomers, url } from "./api.mjs";
import { CREATE, CUSTOMERS, named } from "./documents.mjs";

test("GET reads", async () => {
  await makeCustomers("fetch 1", "fetch 2");
  const search = new URLSearchParams({ query: CUSTOMERS, variables: JSON.stringify({ where: named("fetch") }) });
  const response = await fetch(`${url}?${search}`, { headers });
  assert.equal(response.status, 200);
  const { data } = await response.json();
  assert.deepEqual(data.customers.edges.map(({ node }) => node.name).sort(), ["fetch 1", "fetch 2"]);
});

test("POST writes, and refuses in the payload", async () => {
  const send = async (input) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ query: CREATE, variables: { input }, operationName: "CreateCustomer" }),
    });
    assert.equal(response.status, 200);
    return (await response.json()).data.createCustomer;
  };
  const made = await send({ name: "fetched" });
  assert.deepEqual(made, { customer: { id: made.customer.id, version: 1, name: "fetched" }, errors: [] });
  const refused = await send({ name: "" });
  assert.equal(refused.customer, null);
  assert.deepEqual(refused.errors.map(({ code, field }) => [code, field]), [["REQUIRED", ["name"]]]);
});

test("without a token it is 401", async () => {
  const response = await fetch(`${url}?query=%7B__typename%7D`);
  assert.equal(response.status, 401);
  assert.equal((await response.json()).errors[0].extensions.code, "UNAUTHENTICATED");
});
