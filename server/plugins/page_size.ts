/** No list is without end: a page has 100 rows unless the client says otherwise, and 1,000 at most. */
import type { GraphileConfig } from 'graphile-config'
import { ConstantStep, lambda, SafeError, type Step } from 'postgraphile/grafast'

export const defaultPageSize = 100
const maximumPageSize = 1000

type Page = number | null | undefined

function pageSize(first: Page, last: Page): Page {
  for (const size of [first, last])
    if (size != null && (size < 0 || size > maximumPageSize))
      throw new SafeError(`A page has 0 to ${maximumPageSize} rows; ${size} were asked for.`, {
        code: 'CO006',
        hint: `Take pages: first: ${maximumPageSize}, then after: the cursor of pageInfo.endCursor.`,
      })
  return first ?? (last == null ? defaultPageSize : null)
}

interface Pageable extends Step {
  setFirst(first: Step | number | null): void
}

export const pageSizePlugin: GraphileConfig.Plugin = {
  name: 'ClubosPageSizePlugin',
  version: '1.0.0',
  after: ['PgFirstLastBeforeAfterArgsPlugin'],
  gather: {
    hooks: {
      pgProcedures_PgResourceOptions(_info, { pgProc, resourceOptions }) {
        // A list has a `first` of its own. That of the function is for psql; here it keeps its default, unless a tag
        // gives it another name.
        if (pgProc.getTagsAndDescription().tags.firstArgument !== undefined) return
        const parameters = resourceOptions.parameters as
          | { name: string | null; optional?: boolean }[]
          | undefined
        if (pgProc.proretset && parameters?.at(-1)?.name === 'first' && parameters.at(-1)!.optional)
          Object.assign(resourceOptions, { parameters: parameters.slice(0, -1) })
      },
    },
  },
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args(args, _build, { scope }) {
        if (!scope.isPgFieldConnection || !args.first) return args
        // Set by the field itself, below: whether there is a default depends on `last` too.
        const { applyPlan: _, ...first } = args.first as typeof args.first & { applyPlan?: unknown }
        return { ...args, first }
      },
      GraphQLObjectType_fields_field(field, _build, { scope }) {
        const plan = field.plan
        if (!scope.isPgFieldConnection || !plan) return field
        return {
          ...field,
          plan($parent, args, info) {
            const $connection = plan($parent, args, info) as Pageable
            const $first = args.getRaw('first')
            const both = info.field.args.some((argument) => argument.name === 'last')
            const $last = both ? args.getRaw('last') : undefined
            if ($first instanceof ConstantStep && (!$last || $last instanceof ConstantStep))
              $connection.setFirst(pageSize($first.data as Page, $last?.data as Page) ?? null)
            else
              $connection.setFirst(
                lambda($last ? [$first, $last] : [$first], ([first, last]: readonly unknown[]) =>
                  pageSize(first as Page, last as Page),
                ),
              )
            return $connection
          },
        }
      },
    },
  },
}
