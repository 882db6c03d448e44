/** What the environment says, read once and checked here; everything else takes it typed. */
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65535)
const blank = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema)

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
}

export class ConfigError extends Error {}

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues
        .map(
          (issue) =>
            `${issue.path.join('.')}: ${issue.message} (it is "${environment[String(issue.path[0])]}")`,
        )
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
  }
}
