// Operations that several clients send.
export const CUSTOMERS = `
  query Customers($where: CustomerFilter, $first: Int, $after: String) {
    customers(where: $where, first: $first, after: $after) {
      edges { cursor node { id version name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }`;

export const CREATE = `
  mutation CreateCustomer($input: CreateCustomerInput!) {
    createCustomer(input: $input) { customer { id version name } errors { code message field } }
  }`;

export const UPDATE = `
  mutation UpdateCustomer($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) { customer { id version name } errors { code message field } }
  }`;

export const CHANGES = `
  subscription Changes($after: String, $types: [RecordType!]) {
    changes(after: $after, types: $types) {
      cursor
      previousCursor
      action
      type
      record { id ... on Customer { name } }
    }
  }`;

/** The customers whose name begins so: each program has its own. */
export const named = (word) => ({ name: { contains: `${word} ` } });
