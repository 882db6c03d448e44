/** The questions of docs/questions.md: their list, and their answers. Whoever asks sends a number, never SQL. */
import type { GraphileConfig } from 'graphile-config'
import { context, lambda, SafeError } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { type OwnerQuestion, readQuestions } from '../../core/questions.ts'

const staff = new Set<Claims['role']>(['agent', 'reviewer', 'admin', 'auditor'])
const mostRows = 500
const timeout = '5s'

/** As the page needs to know it: how to align, and how to write. */
const kinds: Record<number, string> = {
  16: 'boolean',
  20: 'number',
  21: 'number',
  23: 'number',
  700: 'number',
  701: 'number',
  1700: 'number',
  1082: 'date',
  1114: 'moment',
  1184: 'moment',
}

export interface OwnerAnswer {
  columns: { name: string; kind: string }[]
  rows: (string | null)[][]
  truncated: boolean
  ms: number
}

/** Runs one question as whoever asks: reading only, for a few seconds at most. */
export async function answerQuestion(
  { pool }: Pick<AnsweringServices, 'pool'>,
  claims: Claims,
  { sql }: OwnerQuestion,
): Promise<OwnerAnswer> {
  return withClaims(pool, claims, async (client) => {
    await client.query(
      `select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', $1, true), set_config('search_path', 'app_public, public', true),
              set_config('timezone', 'UTC', true)`,
      [timeout],
    )
    const begun = performance.now()
    const { fields, rows } = await client.query<(string | null)[]>({
      text: sql,
      rowMode: 'array',
      // As PostgreSQL writes it: the page writes it for people.
      types: { getTypeParser: () => (value: string) => value } as never,
    })
    return {
      columns: fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? 'text' })),
      rows: rows.slice(0, mostRows),
      truncated: rows.length > mostRows,
      ms: performance.now() - begun,
    }
  })
}

export function questionsPlugin(services: AnsweringServices | null): GraphileConfig.Plugin {
  const questions = readQuestions()
  const check = ({ role }: Claims) => {
    if (!staff.has(role)) throw new SafeError('These questions are for staff.', { code: 'CO403' })
  }
  return extendSchema(() => ({
    typeDefs: gql`
      """A question that an owner asks, of docs/questions.md."""
      type OwnerQuestion {
        """1 to 25: what answerOwnerQuestion takes."""
        number: Int!
        """The heading that it stands under."""
        group: String!
        question: String!
        """Its SQL, to run in psql as a member of staff."""
        sql: String!
        """How to read the answer."""
        reading: String!
      }

      """A column of an answer."""
      type OwnerAnswerColumn {
        name: String!
        """text, number, boolean, date or moment."""
        kind: String!
      }

      """What a question's SQL gave."""
      type OwnerAnswer {
        columns: [OwnerAnswerColumn!]!
        """Values as PostgreSQL writes them, moments in UTC; null where there is none. 500 rows at most."""
        rows: [[String]!]!
        """Whether there were more rows."""
        truncated: Boolean!
        """Milliseconds that the database took."""
        ms: Float!
      }

      extend type Query {
        """The 25 questions of docs/questions.md. Errors: CO403 not staff."""
        ownerQuestions: [OwnerQuestion!]
        """
        Runs one of them with the rights of whoever asks, reading only, for five seconds at most.
        Errors: CO403 not staff, CO404 no question of this number, CO503 it took too long.
        """
        answerOwnerQuestion(number: Int!): OwnerAnswer
      }
    `,
    objects: {
      Query: {
        plans: {
          ownerQuestions() {
            return lambda(context().get('claims'), (claims) => {
              check(claims as Claims)
              return questions
            })
          },
          answerOwnerQuestion(_root, args) {
            return lambda([args.getRaw('number'), context().get('claims')], async ([number, claims]) => {
              if (!services) throw new Error('This schema was made to be printed, not asked.')
              check(claims as Claims)
              const question = questions.find((one) => one.number === number)
              if (!question)
                throw new SafeError(`There is no question ${number}: they are 1 to ${questions.length}.`, {
                  code: 'CO404',
                })
              return answerQuestion(services, claims as Claims, question)
            })
          },
        },
      },
    },
  }))
}
