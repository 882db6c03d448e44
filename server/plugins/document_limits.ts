/**
 * What a GraphQL document may cost, checked before it is planned: tokens (so that parsing and validating stay cheap),
 * depth, aliases, and rows by page sizes. And no introspection in production, unless it is allowed.
 */
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import type { GraphileConfig } from 'graphile-config'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  Source,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { type ComplexityEstimatorArgs, getComplexity, simpleEstimator } from 'graphql-query-complexity'
import { SafeError } from 'postgraphile/grafast'
import { defaultPageSize } from './page_size.ts'

export const documentLimits = { tokens: 2000, depth: 16, aliases: 50, cost: 100_000, nesting: 60 }

const tooMuch = (message: string, hint: string) =>
  new SafeError(message, { statusCode: 400, code: 'CO006', hint })

/** Lexing alone, which is linear; a syntax error is left to the parser, which words it better. */
function checkTokens(text: string): void {
  const lexer = new Lexer(new Source(text))
  try {
    for (let count = 0; lexer.advance().kind !== TokenKind.EOF; count++)
      if (count >= documentLimits.tokens)
        throw tooMuch(
          `The document has more than ${documentLimits.tokens} tokens.`,
          'Send values as variables, and ask in several requests.',
        )
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
  }
}

/** A connection costs its rows times what is asked of each. */
function rowsEstimator({ args, childComplexity, field }: ComplexityEstimatorArgs): number | undefined {
  if (!field.args.some((argument) => argument.name === 'first')) return undefined
  const size = Number(args.first ?? args.last ?? defaultPageSize)
  return 1 + Math.max(1, Math.min(size || 1, 1000)) * childComplexity
}

function checkCost(schema: GraphQLSchema, text: string, operationName: unknown, variables: unknown): void {
  let cost = 0
  try {
    const query: DocumentNode = parse(text)
    cost = getComplexity({
      schema,
      query,
      operationName: typeof operationName === 'string' ? operationName : undefined,
      variables: (variables ?? {}) as Record<string, unknown>,
      estimators: [rowsEstimator, simpleEstimator({ defaultComplexity: 1 })],
    })
  } catch {
    // Not a valid document, or not its variables: execution says what is wrong.
  }
  if (cost > documentLimits.cost)
    throw tooMuch(
      `The document asks for about ${Math.round(cost)} values at once; ${documentLimits.cost} is the most.`,
      'Ask for smaller pages (first: …) or fewer levels.',
    )
}

/** The rules would throw out of the validation, which the server takes for a fault of its own: they report instead. */
const reporting = (what: string) => ({
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null) =>
      context?.reportError(
        new GraphQLError(`The document has more ${what}.`, {
          extensions: { code: 'CO006', hint: 'Ask in several requests.' },
        }),
      ),
  ],
})

/** Values are read by recursion, here and in the database; without it, so that depth itself does no harm. */
function checkNesting(variables: unknown): void {
  let level = [variables]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > documentLimits.nesting)
      throw tooMuch(
        `The variables are nested deeper than ${documentLimits.nesting} levels.`,
        'Send flatter values.',
      )
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
}

const rules = (introspection: boolean): ValidationRule[] => [
  maxDepthRule({
    n: documentLimits.depth,
    ignoreIntrospection: true,
    ...reporting(`than ${documentLimits.depth} levels`),
  }) as ValidationRule,
  maxAliasesRule({
    n: documentLimits.aliases,
    ...reporting(`than ${documentLimits.aliases} aliases`),
  }) as ValidationRule,
  ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
]

export function documentLimitsPlugin(options: { introspection: boolean }): GraphileConfig.Plugin {
  let schema: GraphQLSchema | undefined
  return {
    name: 'ClubosDocumentLimitsPlugin',
    version: '1.0.0',
    schema: {
      hooks: {
        finalize(finished) {
          schema = finished
          return finished
        },
      },
    },
    grafserv: {
      middleware: {
        setPreset(next, event) {
          event.validationRules = [...(event.validationRules ?? []), ...rules(options.introspection)]
          return next()
        },
        processGraphQLRequestBody(next, { body }) {
          const {
            query,
            operationName,
            variables = body.variableValues,
          } = body as unknown as Record<string, unknown>
          checkNesting(variables)
          if (typeof query === 'string') {
            checkTokens(query)
            checkCost(schema!, query, operationName, variables)
          }
          return next()
        },
      },
    },
  }
}
