// The same pages by Mercurius, as its documentation advises for speed: compiled queries (jit) and loaders, with
// statements by hand, each prepared once. It knows one organization and asks nobody for a token.
//
// node server.js PORT, with RIVAL_DATABASE_URL in the environment.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

const pool = new pg.Pool({
  connectionString: process.env.RIVAL_DATABASE_URL,
  application_name: 'mercurius',
  options: '-c jit=off',
  max: 10
})
const organization = (await pool.query('SELECT id, time_zone FROM organization')).rows[0]

const schema = `
  type Action { id: ID! number: String! title: String! status: String! dueAt: String }
  type Risk { id: ID! number: String! title: String status: String! }
  type Product { id: ID! name: String! sku: String risks(first: Int!): [Risk!]! }
  type Feedback {
    id: ID! number: String! status: String! source: String! text: String occurredAt: String! receivedAt: String!
    customer: Customer product: Product actions(first: Int!): [Action!]!
  }
  type Customer {
    id: ID! name: String! kind: String! segment: String country: String email: String
    feedback(first: Int!, newest: Boolean): [Feedback!]! actions(first: Int!): [Action!]!
  }
  type Point { periodStart: String! value: Float low: Float high: Float n: Int! }
  type Query {
    inbox(first: Int!): [Feedback!]!
    customer(id: ID!): Customer
    customers(first: Int!): [Customer!]!
    monthly(metric: String!, product: ID!, since: String!, until: String!): [Point!]!
  }`

const moment = (column) => `replace(timezone('UTC', ${column})::text, ' ', 'T') || 'Z'`
const columns = {
  action: `id, number, title, status, ${moment('due_at')} AS "dueAt"`,
  risk: 'id, number, title, status',
  product: 'id, name, sku',
  feedback: `id, number, status, source, text, ${moment('occurred_at')} AS "occurredAt",
    ${moment('received_at')} AS "receivedAt", customer_id, product_id`,
  customer: 'id, name, kind, segment, country, email'
}

async function rows (name, text, values) {
  return (await pool.query({ name, text, values: [organization.id, ...values] })).rows
}

// Each object's row of another table, by a key the object has.
function one (table, key) {
  const text = `SELECT ${columns[table]} FROM ${table} WHERE organization_id = $1 AND id = ANY($2::uuid[])`
  return {
    async loader (queries) {
      const ids = [...new Set(queries.map(({ obj }) => obj[key]))]
      const found = new Map((await rows(`${table} by id`, text, [ids])).map((row) => [row.id, row]))
      return queries.map(({ obj }) => found.get(obj[key]) ?? null)
    },
    opts: { cache: false }
  }
}

// The first rows of each object in another table; all objects of one place in a query ask with the same arguments.
function many (table, key, orders = { plain: 'id' }) {
  return {
    async loader (queries) {
      const { first, newest } = queries[0].params
      const order = orders[newest ? 'newest' : 'plain']
      const text = `SELECT parent.id AS parent, child.* FROM unnest($2::uuid[]) parent(id) CROSS JOIN LATERAL (
        SELECT ${columns[table]} FROM ${table} WHERE organization_id = $1 AND ${key} = parent.id
        ORDER BY ${order} LIMIT ${Number(first)}) child`
      const lists = new Map(queries.map(({ obj }) => [obj.id, []]))
      const name = `${table} by ${key} ${first} ${order}`
      for (const row of await rows(name, text, [[...lists.keys()]])) lists.get(row.parent).push(row)
      return queries.map(({ obj }) => lists.get(obj.id))
    },
    opts: { cache: false }
  }
}

const resolvers = {
  Query: {
    inbox: (_, { first }) => rows('inbox', `SELECT ${columns.feedback} FROM feedback WHERE organization_id = $1
      ORDER BY received_at DESC, id DESC LIMIT ${Number(first)}`, []),
    customer: async (_, { id }) => (await rows('customer', `SELECT ${columns.customer} FROM customer
      WHERE organization_id = $1 AND id = $2`, [id]))[0] ?? null,
    customers: (_, { first }) => rows('customers', `SELECT ${columns.customer} FROM customer WHERE organization_id = $1
      ORDER BY id LIMIT ${Number(first)}`, []),
    monthly: async (_, { metric, product, since, until }) => (await rows('monthly', MONTHLY, [
      product, since, until, metric, organization.time_zone
    ])).map((counted) => estimate(metric, counted))
  }
}

const MONTHLY = `SELECT ${moment("date_trunc('month', f.occurred_at, $6)")} AS "periodStart", count(*)::int AS n,
    count(*) FILTER (WHERE a.number >= CASE q.metric WHEN 'NPS' THEN 9 ELSE q.satisfied_from END)::int AS good,
    count(*) FILTER (WHERE a.number <= 6)::int AS bad
  FROM feedback f JOIN answer a ON a.organization_id = $1 AND a.feedback_id = f.id AND a.number IS NOT NULL
  JOIN question q ON q.organization_id = $1 AND q.id = a.question_id AND q.metric = $5
  WHERE f.organization_id = $1 AND f.product_id = $2 AND f.occurred_at >= $3 AND f.occurred_at < $4 AND f.active
  GROUP BY 1 ORDER BY 1`

// Net promoter score with its adjusted Wald interval; a share with its Wilson interval.
function estimate (metric, { periodStart, n, good, bad }) {
  const z = 1.959963984540054
  const nps = metric === 'NPS'
  const value = nps ? 100 * (good - bad) / n : good / n
  const centre = nps ? 100 * (good - bad) / (n + 3) : (good + z * z / 2) / (n + z * z)
  const half = nps
    ? 100 * z * Math.sqrt(((good + bad + 1.5) / (n + 3) - ((good - bad) / (n + 3)) ** 2) / (n + 3))
    : z * Math.sqrt(good * (n - good) / n + z * z / 4) / (n + z * z)
  const [least, most] = nps ? [-100, 100] : [0, 1]
  const low = Math.min(Math.max(centre - half, least), value)
  return { periodStart, n, value, low, high: Math.max(Math.min(centre + half, most), value) }
}

const app = Fastify()
app.register(mercurius, {
  schema,
  resolvers,
  loaders: {
    Feedback: {
      customer: one('customer', 'customer_id'),
      product: one('product', 'product_id'),
      actions: many('action', 'feedback_id')
    },
    Customer: {
      feedback: many('feedback', 'customer_id', { plain: 'id', newest: 'occurred_at DESC, id DESC' }),
      actions: many('action', 'customer_id')
    },
    Product: { risks: many('risk', 'product_id') }
  },
  jit: 1
})
app.get('/health', async () => 'ok')
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
