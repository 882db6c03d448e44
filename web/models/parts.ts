/** Who does what now: which provider and model each part of the work goes to. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'

export const partsQuery = graphql(`
  query ModelParts {
    system { answeringProvider answeringModel routingModel rerankingModel embeddingProvider embeddingModel analyst }
  }
`)

export const partNames = ['answer', 'route', 'rerank', 'embed', 'analyse'] as const
export type PartName = (typeof partNames)[number]

export interface Part {
  part: PartName
  provider: string
  model: string
}

type System = NonNullable<ResultOf<typeof partsQuery>['system']>

const local = (name: string) => /^local\b/.test(name)

export const partsOf = (system: System): Part[] => [
  {
    part: 'answer',
    provider: local(system.answeringProvider) ? 'local' : system.answeringProvider,
    model: system.answeringModel,
  },
  { part: 'route', provider: local(system.routingModel) ? 'local' : 'openai', model: system.routingModel },
  ...(system.rerankingModel === null
    ? []
    : [{ part: 'rerank' as const, provider: 'openai', model: system.rerankingModel }]),
  { part: 'embed', provider: system.embeddingProvider, model: system.embeddingModel },
  { part: 'analyse', provider: local(system.analyst) ? 'local' : 'anthropic', model: system.analyst },
]

/** Undefined while it is not known. */
export function useParts(): Part[] | undefined {
  const { data } = useData(partsQuery, {}, { staleTime: 60_000 })
  return data?.system ? partsOf(data.system) : undefined
}
