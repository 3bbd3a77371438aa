// The audits of GraphQL over HTTP that come with graphql-http: every MUST, SHOULD and MAY.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { auditServer } from "graphql-http";
import { headers, url } from "./api.mjs";

const AUDITS = 61;

const results = await auditServer({
  url,
  fetchFn: (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
});

test("there are as many audits as we know of", () => assert.equal(results.length, AUDITS));

for (const { id, name, status, reason } of results) {
  test(`${id} ${name}`, () => assert.equal(status, "ok", reason));
}
