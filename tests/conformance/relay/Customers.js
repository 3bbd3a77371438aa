// What a list of customers with "load more", a row that reloads itself, a form and a live list are made of.
import { graphql } from "relay-runtime";

graphql`
  query CustomersQuery($where: CustomerFilter, $count: Int) {
    ...Customers_list @arguments(where: $where, count: $count)
  }
`;

graphql`
  fragment Customers_list on Query
  @refetchable(queryName: "CustomersPaginationQuery")
  @argumentDefinitions(where: { type: "CustomerFilter" }, count: { type: "Int" }, cursor: { type: "String" }) {
    customers(where: $where, first: $count, after: $cursor) @connection(key: "Customers_customers", filters: ["where"]) {
      totalCount
      edges {
        node {
          name
          ...Customers_row
        }
      }
    }
  }
`;

graphql`
  fragment Customers_row on Customer @refetchable(queryName: "CustomersRowRefetchQuery") {
    version
    name
  }
`;

graphql`
  mutation CustomersCreateMutation($input: CreateCustomerInput!, $connections: [ID!]!) {
    createCustomer(input: $input) {
      customer @appendNode(connections: $connections, edgeTypeName: "CustomerEdge") {
        name
        ...Customers_row
      }
      errors {
        code
        field
      }
    }
  }
`;

graphql`
  mutation CustomersUpdateMutation($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) {
      customer {
        ...Customers_row
      }
      errors {
        code
      }
    }
  }
`;

graphql`
  subscription CustomersSubscription($after: String) {
    changes(after: $after, types: [CUSTOMER]) {
      cursor
      record {
        ...Customers_row @alias
      }
    }
  }
`;
