/**
 * docs/api.md, from data/schema.graphql and the comments in it, which are those of the database: `npm run schema -- dump`
 * writes it, `check` and a test compare.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, type GraphQLField, type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql'
import { projectFolder } from '../core/database/migrate.ts'

export const apiFile = join(projectFolder, 'docs', 'api.md')
const schemaFile = join(projectFolder, 'data', 'schema.graphql')

export const writeApi = (sdl = readFileSync(schemaFile, 'utf8')): string => {
  const schema = buildSchema(sdl)
  const mutations = fieldsOf(schema.getMutationType())
  const queries = fieldsOf(schema.getQueryType())
  const lists = queries.filter((field) => /Connection!?$/.test(String(field.type)))
  const others = queries.filter(
    (field) =>
      !lists.includes(field) && !field.args.some((arg) => arg.name === 'id' && field.args.length === 1),
  )
  return `# The GraphQL API

Generated from the schema, whose texts are the comments in the database: \`npm run schema -- dump\` writes it anew. How to call
it, tokens and subscriptions: [README.md](../README.md); who may: [permissions.md](permissions.md); errors:
[error_codes.md](error_codes.md). The schema itself: [data/schema.graphql](../data/schema.graphql).

## Mutations

${mutations.map((field) => mutation(schema, field)).join('\n')}
## Queries

${others.map(query).join('\n')}
## Lists

Each takes \`first\`, \`last\`, \`offset\`, \`before\`, \`after\`, \`condition\`, \`filter\` and \`orderBy\`, and has 100 rows at most unless \`first\` says otherwise.

| list | of | |
|---|---|---|
${lists.map((field) => `| \`${field.name}\` | ${named(field).replace(/Connection$/, '')} | ${oneLine(describeRow(schema, field))} |`).join('\n')}

## Subscriptions

${fieldsOf(schema.getSubscriptionType()).map(query).join('\n')}`
    .trimEnd()
    .concat('\n')
}

type Field = GraphQLField<unknown, unknown>

const fieldsOf = (type: ReturnType<GraphQLSchema['getType']> | null): Field[] =>
  isObjectType(type)
    ? Object.values(type.getFields())
        .filter(({ name }) => !['node', 'nodeId', 'query', 'id'].includes(name))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    : []

const named = (field: Field) => String(field.type).replace(/[[\]!]/g, '')
const oneLine = (text: string) => text.split('\n')[0]!.replaceAll('|', '\\|').trim()
const paragraph = (text: string | null | undefined) => (text ? `${text.trim()}\n` : '')

function mutation(schema: GraphQLSchema, field: Field): string {
  const input = schema.getType(`${field.name[0]!.toUpperCase()}${field.name.slice(1)}Input`)
  const parameters = isInputObjectType(input)
    ? Object.values(input.getFields()).filter(({ name }) => name !== 'clientMutationId')
    : []
  const payload = schema.getType(named(field))
  const gives = fieldsOf(payload).filter(
    ({ name }) => !['clientMutationId'].includes(name) && !/Edge$/.test(name),
  )
  return `### ${field.name}

${paragraph(field.description)}${parameters.map(({ name, type, description }) => `- \`${name}\`: ${type}${description ? ` – ${oneLine(description)}` : ''}\n`).join('')}${gives.length > 0 ? `\nGives: ${gives.map(({ name, type }) => `\`${name}\`: ${type}`).join(', ')}\n` : ''}`
}

const query = (field: Field): string => `### ${field.name}

${paragraph(field.description)}${field.args
  .filter(
    ({ name }) =>
      !['first', 'last', 'offset', 'before', 'after', 'filter', 'condition', 'orderBy'].includes(name),
  )
  .map(
    ({ name, type, description }) =>
      `- \`${name}\`: ${type}${description ? ` – ${oneLine(description)}` : ''}\n`,
  )
  .join('')}
Gives: ${field.type}
`

/** What its rows are: the table's own comment. */
function describeRow(schema: GraphQLSchema, field: Field): string {
  const row = schema.getType(named(field).replace(/Connection$/, ''))
  return (isObjectType(row) && row.description) || field.description || ''
}

if (import.meta.main) writeFileSync(apiFile, writeApi())
