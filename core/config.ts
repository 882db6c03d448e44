/** What the environment says, read once and checked here; everything else takes it typed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65535)
const blank = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema)

const flag = blank(z.enum(['on', 'off']).optional())

/** What is secret may stand in a file instead, whose name is in NAME_FILE. */
const secrets = [
  'DATABASE_URL',
  'CLUBOS_SECRET',
  'SMTP_URL',
  'OPENAI_API_KEY',
  'OPENAI_HEADERS',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_HEADERS',
  'METRICS_TOKEN',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'GOOGLE_SERVICE_ACCOUNT',
  'GOOGLE_CLIENT_SECRET',
  'GOOGLE_REFRESH_TOKEN',
] as const

const mayHoldPasswords = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'S3_ENDPOINT', 'GOOGLE_BASE_URL'] as const

const endpoint = blank(
  z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://gateway.example/v1' })
    .refine((url) => !URL.canParse(url) || !new URL(url).username, 'must hold no password: set the key')
    .optional(),
)

/** A JSON object of HTTP headers, for gateways. */
const headers = blank(
  z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('must be a JSON object such as {"api-key": "…"}')
        return z.NEVER
      }
    })
    .pipe(
      z.record(z.string().regex(/^[\w-]+$/, 'must be names of headers'), z.string(), {
        error: 'must be a JSON object such as {"api-key": "…"}',
      }),
    ),
)

/** The key file of a service account, as Google gives it. */
const serviceAccount = blank(
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('must be the JSON of a service account’s key')
        return z.NEVER
      }
    })
    .pipe(
      z.object(
        { client_email: z.string(), private_key: z.string() },
        { error: 'must be the JSON of a service account’s key, with client_email and private_key' },
      ),
    )
    .optional(),
)

const Environment = z.object({
  DATABASE_URL: blank(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .optional(),
  ),
  CLUBOS_DATA_DIR: blank(z.string().default('.clubos')),
  PORT: blank(port.default(5678)),
  WORKER_PORT: blank(port.default(5679)),
  METRICS_TOKEN: blank(
    z
      .string()
      .regex(/^[\w.~+/=-]{16,}$/, 'must have at least 16 characters, and none that a header cannot hold')
      .optional(),
  ),
  DATABASE_POOL: blank(z.coerce.number().int().min(2).max(200).default(10)),
  HOST: blank(z.string().default('127.0.0.1')),
  NODE_ENV: blank(z.string().default('development')),
  LOG_LEVEL: blank(z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info')),
  CLUBOS_DEMO: blank(z.enum(['on', 'off']).default('on')),
  CLUBOS_URL: blank(
    z
      .url({
        protocol: /^https?$/,
        error: 'must be the address people use, such as https://help.club.example',
      })
      .refine((url) => !URL.canParse(url) || new URL(url).pathname === '/', 'must have no path')
      .optional(),
  ),
  CLUBOS_SECRET: blank(z.string().min(32, 'must have at least 32 characters').optional()),
  TRUST_PROXY: blank(z.coerce.number().int().min(0).max(10).default(0)),
  CLUBOS_DEV_HEADERS: flag,
  CLUBOS_INTROSPECTION: flag,
  RATE_LIMITS: blank(z.enum(['memory', 'database', 'off']).default('memory')),
  RATE_LIMIT_FACTOR: blank(z.coerce.number().positive().max(1000).default(1)),
  PERSISTED_OPERATIONS: blank(z.string().optional()),
  SMTP_URL: blank(
    z
      .string()
      .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
      .optional(),
  ),
  MAIL_FROM: blank(z.string().default('ClubOS <clubos@localhost>')),
  WEBHOOK_ALLOW: blank(z.string().default('')),
  OPENAI_API_KEY: blank(z.string().optional()),
  OPENAI_BASE_URL: endpoint,
  OPENAI_ORGANIZATION: blank(z.string().optional()),
  OPENAI_PROJECT: blank(z.string().optional()),
  OPENAI_HEADERS: headers,
  OPENAI_API: blank(z.enum(['responses', 'chat']).optional()),
  OPENAI_ANSWER_MODEL: blank(z.string().default('gpt-4o')),
  OPENAI_ROUTE_MODEL: blank(z.string().default('gpt-4o')),
  /** None: the search's own order stays. */
  OPENAI_RERANK_MODEL: blank(z.string().optional()),
  OPENAI_EMBEDDING_MODEL: blank(z.string().default('text-embedding-3-small')),
  EMBEDDINGS: blank(z.enum(['local', 'openai']).optional()),
  ANTHROPIC_API_KEY: blank(z.string().optional()),
  ANTHROPIC_BASE_URL: endpoint,
  ANTHROPIC_HEADERS: headers,
  ANTHROPIC_MODEL: blank(z.string().default('claude-sonnet-5-5')),
  LLM_TIMEOUT: blank(z.coerce.number().positive().max(600).default(30)),
  CLUBOS_BACKUP_DIR: blank(z.string().optional()),
  S3_ENDPOINT: endpoint,
  S3_REGION: blank(z.string().default('us-east-1')),
  S3_ACCESS_KEY_ID: blank(z.string().optional()),
  S3_SECRET_ACCESS_KEY: blank(z.string().optional()),
  GOOGLE_SERVICE_ACCOUNT: serviceAccount,
  GOOGLE_CLIENT_ID: blank(z.string().optional()),
  GOOGLE_CLIENT_SECRET: blank(z.string().optional()),
  GOOGLE_REFRESH_TOKEN: blank(z.string().optional()),
  GOOGLE_BASE_URL: endpoint,
  OTEL_EXPORTER_OTLP_ENDPOINT: blank(
    z.url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:4318' }).optional(),
  ),
})

/** How a provider of models is reached. */
export interface ProviderConfig {
  /** Null: a local server that needs none, or one that takes a header instead. */
  apiKey: string | null
  /** Null: the provider's own. */
  baseUrl: string | null
  headers: Record<string, string>
}

export interface OpenAiConfig extends ProviderConfig {
  organization: string | null
  project: string | null
  /** Which of its two ways to ask for text. */
  api: 'responses' | 'chat'
  answerModel: string
  routeModel: string
  /** Null: nobody ranks what was found anew. */
  rerankModel: string | null
  embeddingModel: string
}

export interface AnthropicConfig extends ProviderConfig {
  model: string
}

export interface S3Config {
  /** Null: Amazon's own. */
  endpoint: string | null
  region: string
  /** Null: the SDK looks where it does by itself (AWS_…, the machine's role). */
  accessKeyId: string | null
  secretAccessKey: string | null
  /** Tries of a call (6). */
  attempts?: number
}

/** By which Google lets us in: a service account, or a person who agreed once (OAuth). */
export interface GoogleConfig {
  serviceAccount: { client_email: string; private_key: string } | null
  oauth: { clientId: string; clientSecret: string; refreshToken: string } | null
  /** Null: Google's own. For tests and gateways. */
  baseUrl: string | null
  /** Tries of a call (7), and the first wait between them in ms (1000). */
  attempts?: number
  firstWait?: number
  /** From how many bytes a file is sent in pieces, and how large they are (8 MiB). */
  piece?: number
}

export interface BackupConfig {
  /** Where targets of the kind folder lie. */
  folder: string
  s3: S3Config
  google: GoogleConfig
}

export interface Config {
  /** Undefined: the embedded database in dataDir. */
  databaseUrl: string | undefined
  dataDir: string
  port: number
  /** Where a worker of its own says how it is. */
  workerPort: number
  /** Whoever has it may read the metrics; undefined: this machine alone, and only where nobody else is let in. */
  metricsToken: string | undefined
  /** The most connections of each of a server's two pools. */
  poolSize: number
  host: string
  production: boolean
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Whether an empty database is filled with the demo club at first start. */
  demo: boolean
  /** The address that people use, without a slash at its end. Undefined: this machine alone. */
  publicUrl: string | undefined
  /** Signs visitors' cookies; undefined: one is made in dataDir. */
  secret: string | undefined
  /** How many proxies stand before us and tell the caller's address. */
  proxies: number
  /** Whether x-clubos-… headers say who the caller is, on loopback. */
  developmentHeaders: boolean
  introspection: boolean
  rateLimits: 'memory' | 'database' | 'off'
  /** Scales all rate limits. */
  rateLimitFactor: number
  /** A folder of documents; only these are taken. */
  persistedOperations: string | undefined
  smtpUrl: string | undefined
  mailFrom: string
  /** host:port that webhooks may reach although they are private. */
  webhookAllow: string[]
  /** Null: no language model answers. */
  openai: OpenAiConfig | null
  /** Null: no language model analyses. */
  anthropic: AnthropicConfig | null
  /** Which model makes the vectors. */
  embeddings: 'local' | 'openai'
  /** For a whole call of a language model, in milliseconds. */
  llmTimeout: number
  /** Where traces of the calls go; undefined: nowhere. */
  traceEndpoint: string | undefined
  backup: BackupConfig
}

export class ConfigError extends Error {}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse({ ...environment, ...readSecretFiles(environment) })
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues
        .map((issue) => {
          const name = String(issue.path[0])
          const secret = ([...secrets, ...mayHoldPasswords] as string[]).includes(name)
          return `${name}: ${issue.message}${secret ? '' : ` (it is "${environment[name]}")`}`
        })
        .join('\n'),
    )
  const env = parsed.data
  const openai = openaiConfig(env)
  if (env.EMBEDDINGS === 'openai' && openai === null)
    throw new ConfigError('EMBEDDINGS: openai needs OPENAI_API_KEY, or OPENAI_BASE_URL of a local server.')
  return {
    databaseUrl: env.DATABASE_URL,
    dataDir: env.CLUBOS_DATA_DIR,
    port: env.PORT,
    workerPort: env.WORKER_PORT,
    metricsToken: env.METRICS_TOKEN,
    poolSize: env.DATABASE_POOL,
    host: env.HOST,
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    demo: env.CLUBOS_DEMO === 'on',
    publicUrl: env.CLUBOS_URL?.replace(/\/$/, ''),
    secret: env.CLUBOS_SECRET,
    proxies: env.TRUST_PROXY,
    developmentHeaders: env.CLUBOS_DEV_HEADERS === 'on',
    introspection: env.CLUBOS_INTROSPECTION
      ? env.CLUBOS_INTROSPECTION === 'on'
      : env.NODE_ENV !== 'production',
    rateLimits: env.RATE_LIMITS,
    rateLimitFactor: env.RATE_LIMIT_FACTOR,
    persistedOperations: env.PERSISTED_OPERATIONS,
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM,
    webhookAllow: env.WEBHOOK_ALLOW.split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
    openai,
    anthropic: anthropicConfig(env),
    embeddings: env.EMBEDDINGS ?? (openai === null ? 'local' : 'openai'),
    llmTimeout: env.LLM_TIMEOUT * 1000,
    traceEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    backup: backupConfig(env),
  }
}

type Settings = z.infer<typeof Environment>

// A base URL alone is enough: a local server needs no key.
function openaiConfig(env: Settings): OpenAiConfig | null {
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL) return null
  return {
    apiKey: env.OPENAI_API_KEY ?? null,
    baseUrl: env.OPENAI_BASE_URL ?? null,
    headers: env.OPENAI_HEADERS,
    organization: env.OPENAI_ORGANIZATION ?? null,
    project: env.OPENAI_PROJECT ?? null,
    // Other servers that speak this protocol mostly know chat completions only.
    api: env.OPENAI_API ?? (env.OPENAI_BASE_URL ? 'chat' : 'responses'),
    answerModel: env.OPENAI_ANSWER_MODEL,
    routeModel: env.OPENAI_ROUTE_MODEL,
    rerankModel: env.OPENAI_RERANK_MODEL ?? null,
    embeddingModel: env.OPENAI_EMBEDDING_MODEL,
  }
}

function anthropicConfig(env: Settings): AnthropicConfig | null {
  if (!env.ANTHROPIC_API_KEY && !env.ANTHROPIC_BASE_URL) return null
  return {
    apiKey: env.ANTHROPIC_API_KEY ?? null,
    baseUrl: env.ANTHROPIC_BASE_URL ?? null,
    headers: env.ANTHROPIC_HEADERS,
    model: env.ANTHROPIC_MODEL,
  }
}

function backupConfig(env: Settings): BackupConfig {
  const oauth = [env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET, env.GOOGLE_REFRESH_TOKEN]
  if (oauth.some(Boolean) && !oauth.every(Boolean))
    throw new ConfigError(
      'GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN belong together: set all three, or GOOGLE_SERVICE_ACCOUNT.',
    )
  if (Boolean(env.S3_ACCESS_KEY_ID) !== Boolean(env.S3_SECRET_ACCESS_KEY))
    throw new ConfigError('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both.')
  return {
    folder:
      env.CLUBOS_BACKUP_DIR ??
      // A database in memory has no folder of its own.
      join(env.CLUBOS_DATA_DIR.startsWith('memory:') ? '.clubos' : env.CLUBOS_DATA_DIR, 'backups'),
    s3: {
      endpoint: env.S3_ENDPOINT ?? null,
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID ?? null,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? null,
    },
    google: {
      serviceAccount: env.GOOGLE_SERVICE_ACCOUNT ?? null,
      oauth: env.GOOGLE_CLIENT_ID
        ? {
            clientId: env.GOOGLE_CLIENT_ID,
            clientSecret: env.GOOGLE_CLIENT_SECRET!,
            refreshToken: env.GOOGLE_REFRESH_TOKEN!,
          }
        : null,
      baseUrl: env.GOOGLE_BASE_URL ?? null,
    },
  }
}

function readSecretFiles(environment: NodeJS.ProcessEnv): Record<string, string> {
  const read: Record<string, string> = {}
  for (const name of secrets) {
    const file = environment[`${name}_FILE`]
    if (!file) continue
    if (environment[name]) throw new ConfigError(`Set ${name} or ${name}_FILE, not both.`)
    try {
      read[name] = readFileSync(file, 'utf8').trim()
    } catch (error) {
      throw new ConfigError(`${name}_FILE: ${(error as Error).message}`)
    }
  }
  return read
}
