/** The language models that the settings name, each behind its provider's circuit breaker; null where none is named. */
import type { Config, ProviderConfig } from '../config.ts'
import type { Log } from '../log.ts'
import type { Endpoint } from './attempt.ts'
import { Breaker, type BreakerOptions, type BreakerState } from './breaker.ts'
import { classify, type Failure, type SdkErrors } from './failures.ts'
import type { BatchModel, EmbeddingModel, FailureKind, Provider, TextModel } from './index.ts'
import { noTelemetry, openTelemetry } from './telemetry.ts'

/** Of the columns that hold vectors. */
export const vectorDimensions = 1536

export interface Providers {
  /** Says which category a question is of. */
  route: TextModel | null
  /** Puts what was found in order; null unless a model is named for it. */
  rerank: TextModel | null
  answer: TextModel | null
  /** Looks for what to improve in the procedures. */
  analyst: TextModel | null
  /** The same, at half the price and within a day. */
  batches: BatchModel | null
  /** Also where EMBEDDINGS says local: the club's vectors may be its, until all texts are embedded anew. */
  embeddings: EmbeddingModel | null
  health(): ProviderHealth[]
  /** Asks a provider for its models, which costs nothing: null where all that are named are there. */
  check(provider: Provider): Promise<Failure | null>
  close(): Promise<void>
}

export interface ProviderHealth {
  provider: Provider
  configured: boolean
  /** Host and port alone: paths and parameters may hold secrets. Null where not configured. */
  host: string | null
  models: { part: 'route' | 'rerank' | 'answer' | 'embed' | 'analyse'; model: string }[]
  breaker: BreakerState
  lastFailure: { kind: FailureKind; at: Date } | null
  lastSuccess: Date | null
}

const unconfigured = (provider: Provider): ProviderHealth => ({
  provider,
  configured: false,
  host: null,
  models: [],
  breaker: 'closed',
  lastFailure: null,
  lastSuccess: null,
})

/** Where no language model is asked: the club's own text alone. */
export const noProviders: Providers = {
  route: null,
  rerank: null,
  answer: null,
  analyst: null,
  batches: null,
  embeddings: null,
  health: () => [unconfigured('openai'), unconfigured('anthropic')],
  check: async () => null,
  async close() {},
}

/** The SDKs are loaded only where they are used: each takes memory, and time to start. */
export async function openProviders(
  config: Pick<Config, 'openai' | 'anthropic' | 'embeddings' | 'llmTimeout' | 'traceEndpoint'>,
  log: Log,
  options: { breaker?: BreakerOptions } = {},
): Promise<Providers> {
  const { openai, anthropic } = config
  if (!openai && !anthropic) return noProviders
  const telemetry = config.traceEndpoint ? await openTelemetry(config.traceEndpoint) : noTelemetry
  const providers = { ...noProviders, close: () => telemetry.close() }
  const healths: (() => ProviderHealth)[] = []
  const checks = new Map<Provider, () => Promise<Failure | null>>()

  const endpoint = (provider: Provider, sdk: SdkErrors): Endpoint => ({
    breaker: new Breaker(provider, options.breaker),
    sdk,
    telemetry,
    timeout: config.llmTimeout,
  })

  if (openai) {
    const { openAiModel, openOpenAi } = await import('./openai.ts')
    const { openAiEmbeddings } = await import('./embeddings.ts')
    const { client, sdk } = await openOpenAi(openai, config.llmTimeout)
    const at = endpoint('openai', sdk)
    providers.route = openAiModel(client, at, openai.routeModel, openai.api)
    if (openai.rerankModel !== null)
      providers.rerank = openAiModel(client, at, openai.rerankModel, openai.api)
    providers.answer = openAiModel(client, at, openai.answerModel, openai.api)
    providers.embeddings = openAiEmbeddings(client, at, openai.embeddingModel, vectorDimensions)
    checks.set(
      'openai',
      checker(sdk, client, openai, [
        openai.routeModel,
        openai.rerankModel ?? openai.routeModel,
        openai.answerModel,
      ]),
    )
    healths.push(() =>
      health(at.breaker, openai, client.baseURL, [
        { part: 'route', model: openai.routeModel },
        ...(openai.rerankModel === null ? [] : [{ part: 'rerank' as const, model: openai.rerankModel }]),
        { part: 'answer', model: openai.answerModel },
        ...(config.embeddings === 'openai' ? [{ part: 'embed' as const, model: openai.embeddingModel }] : []),
      ]),
    )
  } else healths.push(() => unconfigured('openai'))

  if (anthropic) {
    const { anthropicBatches, anthropicModel, openAnthropic } = await import('./anthropic.ts')
    const opened = await openAnthropic(anthropic, config.llmTimeout)
    const at = endpoint('anthropic', opened.sdk)
    providers.analyst = anthropicModel(opened, at, anthropic.model)
    providers.batches = anthropicBatches(opened, at, anthropic.model)
    checks.set('anthropic', checker(opened.sdk, opened.client, anthropic, [anthropic.model]))
    healths.push(() =>
      health(at.breaker, anthropic, opened.client.baseURL, [{ part: 'analyse', model: anthropic.model }]),
    )
  } else healths.push(() => unconfigured('anthropic'))

  providers.check = async (provider) => (await checks.get(provider)?.()) ?? null
  providers.health = () => healths.map((read) => read())
  log.info(
    { openai: openai ? openai.answerModel : null, anthropic: anthropic ? anthropic.model : null },
    'language models',
  )
  return providers
}

interface ModelLists {
  models: { retrieve(model: string): PromiseLike<unknown>; list(): PromiseLike<unknown> }
}

const checker =
  (sdk: SdkErrors, client: ModelLists, config: ProviderConfig, names: string[]) =>
  async (): Promise<Failure | null> => {
    try {
      // Gateways and Azure have names of their own: there it is asked whether they answer, and take the key.
      if (config.baseUrl) await client.models.list()
      else for (const name of new Set(names)) await client.models.retrieve(name)
      return null
    } catch (error) {
      const failure = classify(error, sdk)
      // Not every gateway lists models.
      return config.baseUrl && (failure.kind === 'bad_request' || failure.kind === 'unknown_model')
        ? null
        : failure
    }
  }

function health(
  breaker: Breaker,
  config: ProviderConfig,
  baseUrl: string,
  models: ProviderHealth['models'],
): ProviderHealth {
  return {
    provider: breaker.provider,
    configured: true,
    host: new URL(config.baseUrl ?? baseUrl).host,
    models,
    breaker: breaker.state,
    lastFailure: breaker.lastFailure,
    lastSuccess: breaker.lastSuccess,
  }
}
