// Where the server is, and who asks: said by the environment, which test_clients.py sets.
import { strict as assert } from "node:assert";

export const url = process.env.CONFORMANCE_URL;
export const socketUrl = url.replace(/^http/, "ws");
export const headers = { Authorization: `Bearer ${process.env.CONFORMANCE_TOKEN}` };

/** The data of an operation sent by plain fetch; it must have no errors. */
export async function ask(query, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}

/** Make customers with these names, one after the other, so that each is an event. */
export async function makeCustomers(...names) {
  const made = [];
  for (const name of names) {
    const { createCustomer } = await ask(
      "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id version name } errors { code } } }",
      { input: { name } },
    );
    assert.deepEqual(createCustomer.errors, []);
    made.push(createCustomer.customer);
  }
  return made;
}

/** The newest end of the stream of changes. */
export async function headCursor() {
  return (await ask("{ changes(first: 1) { headCursor } }")).changes.headCursor;
}
