// The same pages by PostGraphile on the product's own tables, with its standard preset, as its documentation advises
// for production: no GraphiQL, no plans explained. It asks nobody for a token.
//
// node server.js PORT, with RIVAL_DATABASE_URL in the environment.

import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { grafserv } from 'postgraphile/grafserv/node'

// Node 22 has it; with Node 20 this is all that PostGraphile misses.
Promise.withResolvers ??= function () {
  const made = {}
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({
    connectionString: process.env.RIVAL_DATABASE_URL,
    schemas: ['public'],
    poolConfig: { application_name: 'postgraphile', options: '-c jit=off', max: 10 }
  })],
  grafast: { explain: false },
  grafserv: { graphiql: false, websockets: false, watch: false }
}

const graphql = postgraphile(preset).createServ(grafserv).createHandler()
const server = createServer((request, response) => {
  if (request.url === '/health') response.end('ok')
  else graphql(request, response)
})
server.listen(Number(process.argv[2]), '127.0.0.1')
