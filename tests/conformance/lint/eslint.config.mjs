// The rules of graphql-eslint for schemas, for Relay, and for the agreed operations.
import graphql from "@graphql-eslint/eslint-plugin";

const { configs, parser } = graphql;

const ruled = (file, ...rules) => ({
  files: [file],
  languageOptions: {
    parser,
    parserOptions: { graphQLConfig: { schema: "./schema.graphql", documents: "./operations.graphql" } },
  },
  plugins: { "@graphql-eslint": graphql },
  rules: Object.assign({}, ...rules),
});

export default [
  ruled("schema.graphql", configs["flat/schema-recommended"].rules, configs["flat/schema-relay"].rules, {
    // Design, graphql.md: "Relay: node(id) …". What has an identity implements Node, and the language itself demands
    // its id; the rule asks for one on pages, payloads and values too, which have none.
    "@graphql-eslint/strict-id-in-types": "off",
    // Design, graphql.md: "one that stays small by nature … is a list [T!]! with a bound".
    "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
    // Design, crm_connector.graphql: `changes { nodes { … changedFields … } }`. The rule takes "changed" for "Change".
    "@graphql-eslint/no-typename-prefix": "off",
  }),
  ruled("operations.graphql", configs["flat/operations-recommended"].rules, {
    // Design, graphql.md: "Limit by cost, not by depth: the golden thread is 8 deep".
    "@graphql-eslint/selection-set-depth": "off",
    // The agreed operations are those of programs that keep no normalised cache; they take the ids they need.
    "@graphql-eslint/require-selections": "off",
  }),
];
