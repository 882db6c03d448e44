/** Each role asks for everything that the API has: it gets what docs/permissions.md says, and CO403 for the rest. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from '@jest/globals'
import {
  buildClientSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { parsePermissions, permissionsFile, type Role, roles } from '../../scripts/permissions.ts'
import { fill, staffOf } from '../support/everything.ts'
import { type Result, startApi, visitorA, visitorB, type Who } from './support.ts'

// The cases are generated from what the running server says of itself.
const api = await startApi()
afterAll(() => api.close())
await fill(api.database.pool, [visitorA.visitor!, visitorB.visitor!])
const schema = buildClientSchema((await api.sendText(getIntrospectionQuery())).data)
const { tables, functions } = parsePermissions(readFileSync(permissionsFile, 'utf8'))

/** Nobody is the worker over HTTP. */
const callers = roles.filter((role) => role !== 'worker')
const whoIs = (role: Role): Who =>
  role === 'anonymous' || role === 'customer' ? { role, ...visitorA } : { role, actor: staffOf(role) }

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const plain = (name: string) =>
  name
    .replaceAll('_', '')
    .toLowerCase()
    .replace(/lyses$/, 'lysis')
    .replace(/ches$/, 'ch')
    .replace(/ies$/, 'y')
    .replace(/s$/, '')
const tableOf = (type: string) =>
  tables.find(({ table }) => table.startsWith('app_public.') && plain(table.split('.')[1]!) === plain(type))
    ?.table
const functionOf = (field: string) =>
  functions.find(({ signature }) => signature.startsWith(`app_public.${snake(field)}(`))

function sample(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sample(type.ofType)
  if (isListType(type)) return [sample(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]!.value
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).map((field) => [field.name, sample(field.type)]),
    )
  const given = {
    Int: 1,
    Float: 0.5,
    Boolean: true,
    BigInt: '1',
    BigFloat: '1',
    UUID: '00000000-0000-4000-8000-000000000009',
    Datetime: '2026-01-01T00:00:00Z',
    Date: '2026-01-01',
    JSON: {},
    ID: 'x',
    String: 'x',
    Base64EncodedBinary: 'AA==',
  }[type.name]
  if (given === undefined) throw new Error(`Give the test a value of type ${type.name}.`)
  return given
}

/** A document that calls one field with a value for every argument (but paging and filters), and its variables. */
function call(
  kind: string,
  field: string,
  args: readonly (GraphQLArgument | GraphQLInputField)[],
  selection: string,
) {
  const given = args.filter(
    ({ name }) => !/^(first|last|offset|before|after|orderBy|filter|condition)$/.test(name),
  )
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
  return {
    query: `${kind}${declared && ` (${declared})`} { ${field}${passed && `(${passed})`} ${selection} }`,
    variables: Object.fromEntries(given.map(({ name, type }) => [name, sample(type)])),
  }
}

/** The fields of a type that are columns of its table: selecting them asks for just these. */
function columnFields(type: GraphQLOutputType, table: string): Map<string, string> {
  const named = getNamedType(type)
  const fields = isObjectType(named) ? Object.values(named.getFields()) : []
  const columns = new Set(
    tables.filter((given) => given.table === table).flatMap(({ right }) => right?.columns ?? []),
  )
  return new Map(
    fields
      .filter(
        (field) =>
          field.args.length === 0 &&
          !isObjectType(getNamedType(field.type)) &&
          field.name !== 'nodeId' &&
          // Made from a column, or by a function of the row.
          !field.name.endsWith('Html') &&
          !functions.some(({ signature }) => signature.startsWith(`${table}_${snake(field.name)}(`)),
      )
      .map((field) => [snake(field.name), field.name] as const)
      .filter(([column]) => columns.size === 0 || /^[a-z_0-9]+$/.test(column)),
  )
}

const codes = (result: Result) =>
  (result.errors ?? []).map((error) => error.extensions?.code ?? error.message)

/** What a collection holds; else the type itself. */
const rowOf = (type: GraphQLNamedType) =>
  isObjectType(type) && type.name.endsWith('Connection') ? getNamedType(type.getFields().nodes!.type) : type

/** Global ids, so that looking a row up by one reaches the database. */
const nodeIds = new Map<string, string>()
const queries = Object.values(schema.getQueryType()!.getFields()).filter(
  // `renderMarkdown` and `system` are of no table: tests of their own ask for them as everybody.
  (field) => !['query', 'nodeId', 'node', 'renderMarkdown', 'system'].includes(field.name),
)
for (const field of queries) {
  const type = getNamedType(field.type)
  if (!isObjectType(type) || !type.name.endsWith('Connection') || functionOf(field.name)) continue
  const row = rowOf(type)
  const selected = isObjectType(row) && 'nodeId' in row.getFields() ? 'nodeId' : '__typename'
  const { data } = await api.sendText(
    `{ ${field.name}(first: 1) { nodes { ${selected} } } }`,
    {},
    whoIs('auditor'),
  )
  if (data?.[field.name]?.nodes[0]?.nodeId) nodeIds.set(row.name, data[field.name].nodes[0].nodeId)
}

describe('what a function gives back to a customer', () => {
  it('has no column that they may not read', async () => {
    const own = await api.sendText('{ responses { nodes { id } } }', {}, visitorA)
    const { data, errors } = await api.sendText(
      'mutation ($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id text feedback feedbackBy reason routerModel latencyMs } } }',
      { id: own.data.responses.nodes[0].id },
      visitorA,
    )
    expect(errors).toBeUndefined()
    expect(data.markHelpful.result).toMatchObject({
      feedback: 'helpful',
      feedbackBy: null,
      reason: null,
      routerModel: null,
      latencyMs: null,
    })
  })
})

describe.each(callers)('%s asks', (role) => {
  const reads = queries.map((field) => {
    const type = getNamedType(field.type)
    const asked = functionOf(field.name)
    const connection = type.name.endsWith('Connection')
    const rowType = rowOf(type)
    return { field, asked, connection, rowType }
  })
  const select = (fields: string[], connection: boolean) =>
    connection ? `{ nodes { ${fields.join(' ')} } }` : `{ ${fields.join(' ')} }`

  it.each(
    reads
      .filter(({ asked }) => asked)
      .map((read) => [read.asked!.roles.includes(role) ? 'may' : 'may not', read.field.name, read] as const),
  )('%s: the function %s', async (may, name, { field, connection, rowType }) => {
    const own = isObjectType(rowType)
      ? Object.values(rowType.getFields()).find((one) => one.args.length === 0)
      : null
    const selection = own
      ? select([isObjectType(getNamedType(own.type)) ? '__typename' : own.name], connection)
      : ''
    const { query, variables } = call('query', name, field.args, selection)
    const result = await api.sendText(query, variables, whoIs(role))
    if (may === 'may') expect(codes(result).filter((code) => /^CO(401|403|500)$/.test(code))).toEqual([])
    else expect(codes(result)).toEqual(['CO403'])
  })

  // What the server gives of itself, and no table.
  const forStaff: Record<string, string> = { ownerQuestions: 'sql', answerOwnerQuestion: 'truncated' }
  it.each(Object.entries(forStaff))('%s, for staff alone', async (name, selected) => {
    const { field } = reads.find((read) => read.field.name === name)!
    const { query, variables } = call('query', name, field.args, `{ ${selected} }`)
    const staff = ['agent', 'reviewer', 'admin', 'auditor'].includes(role)
    expect(codes(await api.sendText(query, variables, whoIs(role)))).toEqual(staff ? [] : ['CO403'])
  })

  it.each(
    reads
      .filter(({ asked, field }) => !asked && !(field.name in forStaff))
      .map((read) => [read.field.name, read] as const),
  )('the rows of %s', async (name, { field, connection, rowType }) => {
    const table = tableOf(rowType!.name)
    if (!table) throw new Error(`${name} gives ${rowType!.name}, which is no table of docs/permissions.md.`)
    const right = tables.find(
      (given) => given.table === table && given.role === role && given.operation === 'select',
    )!.right
    const fields = columnFields(rowType as GraphQLOutputType, table)
    const mine = [...fields].filter(([column]) => right && (right.columns?.includes(column) ?? true))
    const send = (selected: string[]) => {
      const { query, variables } = call('query', name, field.args, select(selected, connection))
      if ('nodeId' in variables) variables.nodeId = nodeIds.get(rowType!.name) ?? fail(rowType!.name)
      return api.sendText(query, variables, whoIs(role))
    }
    if (right) {
      expect(mine.length).toBeGreaterThan(0)
      expect(codes(await send(mine.map(([, selected]) => selected)))).toEqual([])
    }
    const others = [...fields].filter((given) => !mine.some(([column]) => column === given[0]))
    for (const [, selected] of right ? others : others.slice(0, 1))
      expect([selected, codes(await send([selected]))]).toEqual([selected, ['CO403']])
  })

  const mutations = Object.values(schema.getMutationType()!.getFields()).map((field) => {
    // The server asks on everybody's behalf, as the worker, but not for auditors; and tries prompts for who may write them.
    const who = {
      ask: callers.filter((caller) => caller !== 'auditor'),
      previewPrompt: ['reviewer', 'admin'],
    }
    const may = (
      field.name in who ? who[field.name as keyof typeof who] : functionOf(field.name)!.roles
    ).includes(role)
    return [may ? 'may' : 'may not', field.name, field] as const
  })
  it.each(mutations)('%s: %s', async (may, name, field) => {
    const { query, variables } = call('mutation', name, field.args, '{ clientMutationId }')
    // Only an admin names another owner.
    if (name === 'createApiToken') delete (variables.input as { userId?: number }).userId
    const result = await api.sendText(query, variables, whoIs(role))
    if (may === 'may') expect(codes(result).filter((code) => /^CO(401|403|500)$/.test(code))).toEqual([])
    else expect(codes(result)).toEqual(['CO403'])
  })

  it.each(Object.keys(schema.getSubscriptionType()!.getFields()))('to be told of %s', async (name) => {
    const { role: header, actor, visitor } = whoIs(role)
    const client = createClient({
      url: `${api.server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: {
        'x-clubos-role': header,
        ...(actor && { 'x-clubos-actor': actor }),
        ...(visitor && { 'x-clubos-visitor': visitor }),
      },
    })
    const first = await new Promise<string[]>((resolve) => {
      const quiet = setTimeout(() => resolve([]), 500)
      const end = (found: string[]) => {
        clearTimeout(quiet)
        resolve(found)
      }
      client.subscribe(
        { query: `subscription { ${name} { id } }` },
        {
          next: (result) => end((result.errors ?? []).map((error) => String(error.extensions?.code))),
          error: (errors) =>
            end(
              Array.isArray(errors)
                ? errors.map((error) => String(error.extensions?.code))
                : [String(errors)],
            ),
          complete: () => {},
        },
      )
    })
    await client.dispose()
    expect(first).toEqual(role === 'anonymous' || role === 'customer' ? ['CO403'] : [])
  })
})

function fail(type: string): never {
  throw new Error(`There is no row of ${type} to look up.`)
}
