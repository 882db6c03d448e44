/**
 * Our own errors (SQLSTATE CO…) reach the client with message, hint and detail; of the database's own a few that a
 * person can act on; everything else is masked, with an id that stands in the log.
 */
import { randomUUID } from 'node:crypto'
import type { GraphileConfig } from 'graphile-config'
import { GraphQLError } from 'graphql'
import { isSafeError } from 'postgraphile/grafast'
import { connectionProblem } from '../../core/database/index.ts'

interface DatabaseError extends Error {
  code?: string
  detail?: string
  column?: string
  hint?: string
}

const actionable: Record<string, (error: DatabaseError) => { code: string; message: string; hint?: string }> =
  {
    '42501': () => ({
      code: 'CO403',
      message: 'Your role may not do this.',
      hint: 'Ask an admin for the role, or ask somebody who has it.',
    }),
    '23505': () => ({ code: 'CO409', message: 'There is such an entry already.' }),
    '23514': (error) => ({
      code: 'CO005',
      message: `That is not allowed: ${/constraint "(.+?)"/.exec(error.message)?.[1]?.replaceAll('_', ' ') ?? 'a rule of the database'}.`,
    }),
    '23502': (error) => ({
      code: 'CO005',
      message: `A value is missing: ${error.column?.replaceAll('_', ' ') ?? 'one that is needed'}.`,
    }),
    '22001': () => ({
      code: 'CO006',
      message: 'A text is too long for its place.',
      hint: 'Categories have 100 characters at most, sections and topics 200.',
    }),
    '2201X': () => ({ code: 'CO005', message: 'offset must not be negative.' }),
    '22021': () => ({
      code: 'CO005',
      message: 'The text holds a character that cannot be stored, such as NUL.',
    }),
    '57014': () => ({
      code: 'CO503',
      message: 'This took too long and was stopped.',
      hint: 'Try again, or ask for less at once.',
    }),
    '55P03': () => ({
      code: 'CO503',
      message: 'The database is busy with something else that takes long.',
      hint: 'Try again in a moment.',
    }),
    '53100': () => ({
      code: 'CO503',
      message: 'The disk of the database is full.',
      hint: 'Ask an admin to free space, then try again.',
    }),
    '53200': () => ({
      code: 'CO503',
      message: 'The database is out of memory.',
      hint: 'Try again in a moment, or ask for less at once.',
    }),
    '40P01': () => ({
      code: 'CO409',
      message: 'Somebody was changing the same things at that moment.',
      hint: 'Try again.',
    }),
    '40001': () => ({
      code: 'CO409',
      message: 'Somebody was changing the same things at that moment.',
      hint: 'Try again.',
    }),
  }

/** Out of reach: what the client may do depends on whether something can have been done. */
const outOfReach = {
  refused: {
    code: 'CO503',
    message: 'The database cannot be reached at the moment.',
    hint: 'Try again in a moment.',
    retryable: true,
  },
  lost: {
    code: 'CO503',
    message: 'The connection to the database was lost on the way.',
    hint: 'Try again in a moment. If you were changing something, look first whether it was done.',
    retryable: true,
    // The commit may have been made before the connection broke.
    mayBeDone: true,
  },
}

export function presentError(error: Error, log: (id: string, error: Error) => void): GraphQLError {
  const graphqlError =
    error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error })
  const original = graphqlError.originalError as DatabaseError | undefined
  // Without an original it is GraphQL's own: a bad document, a missing variable.
  if (!original || (original.code === undefined && graphqlError.message.startsWith('Variable "$')))
    return graphqlError
  const known = original.code?.startsWith('CO')
    ? {
        code: original.code,
        message: original.message,
        hint: original.hint,
        detail: parseDetail(original.detail),
      }
    : original.code !== undefined && actionable[original.code]
      ? actionable[original.code]!(original)
      : connectionProblem(original)
        ? outOfReach[connectionProblem(original)!]
        : original.code?.startsWith('22')
          ? // Class 22, data exceptions: what was sent cannot be used, and the database says why.
            { code: 'CO005', message: original.message }
          : isSafeError(original) || hasOwnCode(original)
            ? { message: original.message, ...(original as { extensions?: object }).extensions }
            : null
  const place = {
    nodes: graphqlError.nodes,
    source: graphqlError.source,
    positions: graphqlError.positions,
    path: graphqlError.path,
  }
  if (known) {
    const { message, ...extensions } = known
    return new GraphQLError(message, { ...place, extensions })
  }
  const id = randomUUID()
  log(id, original)
  return new GraphQLError(`Something went wrong on our side (${id}).`, {
    ...place,
    extensions: { code: 'CO500', id },
  })
}

/** Errors of the server's own, such as RateLimitError. */
const hasOwnCode = (error: Error) =>
  String((error as { extensions?: { code?: unknown } }).extensions?.code).startsWith('CO')

function parseDetail(detail: string | undefined): unknown {
  try {
    return detail === undefined ? undefined : JSON.parse(detail)
  } catch {
    return detail
  }
}

export const errorsPlugin: GraphileConfig.Plugin = { name: 'ClubosErrorsPlugin', version: '1.0.0' }
