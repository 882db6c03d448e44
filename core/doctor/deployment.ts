/** How ClubOS was set up: its address and what stands before it, its secrets, its folder, who can log in. */
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { findRunning } from '../database/embedded/index.ts'
import { type Finding, ok, unless } from './finding.ts'

export async function checkDeployment(app: App): Promise<Finding[]> {
  const { config } = app
  return [
    await address(app),
    ...(config.publicUrl ? [proxies(app)] : []),
    secret(app),
    ...(config.production
      ? [
          unless(
            config.metricsToken !== undefined,
            'metrics',
            config.metricsToken ? 'with a token' : 'nobody may read them',
            {
              level: 'warn',
              means: 'Nobody is told when something is wrong.',
              advice: 'Set METRICS_TOKEN, and let Prometheus scrape /metrics: docs/watching.md.',
            },
          ),
          unless(config.rateLimits !== 'off', 'rate limits', config.rateLimits, {
            means: 'One caller can keep all others out, and spend the budget for models.',
            advice: 'Leave RATE_LIMITS out; database where there are several servers.',
          }),
          unless(config.smtpUrl !== undefined, 'mail', config.smtpUrl ? 'configured' : 'no server', {
            level: 'warn',
            means: 'Invitations and alerts reach nobody by mail.',
            advice: 'Set SMTP_URL and MAIL_FROM.',
          }),
        ]
      : []),
    unless(
      !config.developmentHeaders || !config.production,
      'development headers',
      config.developmentHeaders ? 'on: every local caller chooses a role' : 'off',
      {
        means: 'Whoever reaches this machine’s loopback is whom they say.',
        advice: 'Leave CLUBOS_DEV_HEADERS out.',
      },
    ),
    ...(app.database.kind === 'embedded' ? await embedded(app) : []),
  ]
}

async function address(app: App): Promise<Finding> {
  const { publicUrl, production, host } = app.config
  if (publicUrl === undefined)
    return unless(!production, 'address', 'none: this machine alone', {
      level: 'warn',
      means: 'Links in mails and cookies are made for this machine.',
      advice: 'Set CLUBOS_URL to the address people use.',
    })
  const loopback = /^(localhost|127\.|\[::1\])/.test(new URL(publicUrl).hostname)
  if (publicUrl.startsWith('http:') && !loopback)
    return {
      check: 'address',
      level: 'fail',
      found: publicUrl,
      means: 'Passwords and cookies cross the network in the clear.',
      advice: 'Let a proxy bring TLS, and set CLUBOS_URL to https://…',
    }
  try {
    const response = await fetch(`${publicUrl}/healthz`, {
      signal: AbortSignal.timeout(3000),
      redirect: 'manual',
    })
    const ours = response.ok && ((await response.json()) as { status?: string }).status === 'ok'
    return unless(ours, 'address', `${publicUrl} answers with ${response.status}`, {
      level: 'warn',
      means: 'Something else than ClubOS answers there.',
      advice: `The proxy must pass everything to http://${host}:${app.config.port}.`,
    })
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    return {
      check: 'address',
      level: 'warn',
      found: `${publicUrl} is not reached from here: ${cause?.code ?? message}`,
      means: 'People may not reach it either, or this machine may just not call itself.',
      advice:
        'Open it in a browser elsewhere. Is the name right, does the proxy run, is the certificate valid?',
    }
  }
}

function proxies(app: App): Finding {
  const { proxies, publicUrl } = app.config
  return unless(proxies > 0 || !publicUrl?.startsWith('https:'), 'proxy', `TRUST_PROXY is ${proxies}`, {
    level: 'warn',
    means:
      'TLS comes from a proxy, and with it all callers seem to have the proxy’s address: one of them uses up the rate limit of all.',
    advice: 'TRUST_PROXY=1 (or how many there are), and the proxy must set X-Forwarded-For.',
  })
}

function secret(app: App): Finding {
  const { secret, dataDir, production, databaseUrl } = app.config
  if (secret !== undefined) {
    const kinds = new Set(secret).size
    return unless(kinds >= 12, 'cookie secret', `${secret.length} characters, ${kinds} different ones`, {
      level: production ? 'fail' : 'warn',
      means: 'Who guesses it becomes any visitor, and reads their conversations.',
      advice: 'CLUBOS_SECRET=$(openssl rand -hex 32)',
    })
  }
  const file = join(dataDir, 'secret')
  if (existsSync(file) && (statSync(file).mode & 0o077) !== 0)
    return {
      check: 'cookie secret',
      level: 'fail',
      found: `${file} can be read by others`,
      means: 'Who reads it becomes any visitor.',
      advice: `chmod 600 ${file}, and make a new one: remove it, start again.`,
    }
  return unless(!production || databaseUrl === undefined, 'cookie secret', 'made in the data folder', {
    level: 'warn',
    means: 'Another server, or this one with a new folder, does not know its visitors.',
    advice: 'CLUBOS_SECRET=$(openssl rand -hex 32), the same on every server.',
  })
}

async function embedded(app: App): Promise<Finding[]> {
  const { dataDir, production } = app.config
  if (dataDir.startsWith('memory:')) return [ok('data folder', 'none: in memory')]
  const disk = statfsSync(dataDir)
  const free = disk.bavail * disk.bsize
  const gigabytes = (free / 1e9).toFixed(1)
  const running = await findRunning(dataDir)
  const lock = join(dataDir, 'clubos.lock')
  const owner = existsSync(lock)
    ? (JSON.parse(readFileSync(lock, 'utf8')) as { pid?: number }).pid
    : undefined
  return [
    unless(free > 2e9, 'disk', `${gigabytes} GB free at ${dataDir}`, {
      level: free > 3e8 ? 'warn' : 'fail',
      means: 'A full disk stops every write.',
      advice: 'Make room, or move the folder and set CLUBOS_DATA_DIR.',
    }),
    ok('data folder', running ? `in use by process ${owner ?? 'unknown'}, through which this asks` : 'free'),
    unless(!production, 'embedded database', production ? 'in production' : 'one session for everybody', {
      level: 'warn',
      means: 'One statement at a time for all callers, on one machine, without replicas.',
      advice:
        'For a club that others depend on: DATABASE_URL of a PostgreSQL. clubos export and import move the texts.',
    }),
  ]
}
