/** What the environment says, read once and checked here; everything else takes it typed. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65535)
const blank = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema)

const flag = blank(z.enum(['on', 'off']).optional())

/** What is secret may stand in a file instead, whose name is in NAME_FILE. */
const secrets = ['DATABASE_URL', 'CLUBOS_SECRET', 'SMTP_URL'] as const

const Environment = z.object({
  DATABASE_URL: blank(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .optional(),
  ),
  CLUBOS_DATA_DIR: blank(z.string().default('.clubos')),
  PORT: blank(port.default(5678)),
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
})

export interface Config {
  /** Undefined: the embedded database in dataDir. */
  databaseUrl: string | undefined
  dataDir: string
  port: number
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
}

export class ConfigError extends Error {}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse({ ...environment, ...readSecretFiles(environment) })
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues
        .map((issue) => {
          const name = String(issue.path[0])
          const secret = (secrets as readonly string[]).includes(name)
          return `${name}: ${issue.message}${secret ? '' : ` (it is "${environment[name]}")`}`
        })
        .join('\n'),
    )
  const env = parsed.data
  return {
    databaseUrl: env.DATABASE_URL,
    dataDir: env.CLUBOS_DATA_DIR,
    port: env.PORT,
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
