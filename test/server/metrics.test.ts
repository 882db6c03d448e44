/** /metrics: who may read it, and that what it says is so; every metric that alerts and the dashboard name is there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Task } from 'graphile-worker'
import { parse } from 'yaml'
import { readConfig } from '../../core/config.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { figures } from '../../core/watching/figures.ts'
import { registry, watchProviders } from '../../core/watching/metrics.ts'
import { routeOf } from '../../server/metrics.ts'
import { watched } from '../../worker/index.ts'
import { type Api, startApi } from '../graphql/support.ts'
import { isServer, rolledBack, worker } from '../support/database.ts'
import { browser } from './support.ts'

const token = 'a-token-of-the-tests'
let api: Api
let read: (headers?: Record<string, string>) => ReturnType<ReturnType<typeof browser>['send']>
beforeAll(async () => {
  api = await startApi({ METRICS_TOKEN: token })
  read = (headers = {}) => browser(api.server.url).send('GET', '/metrics', undefined, headers)
  watchProviders(api.services.providers)
  // Before anybody reads: what is asked of the database is kept for ten seconds.
  await api.sendText('mutation { ask(input: {query: "does anybody know?"}) { response { outcome } } }')
})
afterAll(() => api?.close())

const metrics = async () => (await read({ authorization: `Bearer ${token}` })).text

describe('the metrics', () => {
  it('count answers by outcome, with the time of each part', async () => {
    const text = await metrics()
    expect(text).toMatch(/^clubos_answers_total\{outcome="handed_over",writer="local"\} [1-9]/m)
    expect(text).toMatch(/^clubos_answer_part_duration_seconds_count\{part="retrieve"\} [1-9]/m)
    expect(text).toMatch(/^clubos_answer_duration_seconds_count\{outcome="handed_over"\} [1-9]/m)
  })

  it('name requests by a few routes, not by what callers write', async () => {
    const at = browser(api.server.url)
    await at.send('GET', '/some/page/of/nobody')
    await at.send('DELETE', '/chat/3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11')
    const text = await metrics()
    expect(text).toMatch(
      /^clubos_http_request_duration_seconds_count\{method="GET",route="page",status="404"\} [1-9]/m,
    )
    expect(text).toMatch(
      /^clubos_http_request_duration_seconds_count\{method="POST",route="\/graphql",status="200"\} [1-9]/m,
    )
    expect(text).toMatch(/route="\/chat\/:id"/)
    expect(text).not.toContain('page/of')
    expect(['/', '/x/y', '/graphql', '/chat', '/chat/draft', '/chat/x', '/auth/login'].map(routeOf)).toEqual([
      'page',
      'page',
      '/graphql',
      '/chat',
      '/chat/draft',
      '/chat/:id',
      '/auth',
    ])
  })

  it('tell of jobs, of pools and of what the database knows', async () => {
    const run = (task: Task) =>
      watched('test__run', task)({}, { job: { id: '1', attempts: 1 } } as unknown as Parameters<Task>[1])
    await run(async () => {})
    await expect(
      run(async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    const text = await metrics()
    expect(text).toMatch(/^clubos_job_duration_seconds_count\{task="test__run",result="ok"\} [1-9]/m)
    expect(text).toMatch(/^clubos_job_duration_seconds_count\{task="test__run",result="failed"\} [1-9]/m)
    expect(text).toMatch(/^clubos_pool_connections\{pool="clubos graphql",state="idle"\} \d/m)
    expect(text).toMatch(/^clubos_pool_connections\{pool="clubos",state="waiting"\} 0/m)
    expect(text).toContain('clubos_database_up 1')
    expect(text).toContain('clubos_assistant_enabled 1')
    expect(text).toMatch(/^clubos_tickets_waiting\{priority="normal"\} [1-9]/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  })

  it('are asked of the database once in ten seconds, however often they are read', async () => {
    await metrics()
    await api.database.pool.query(`update app_public.tickets set priority = 'urgent'`)
    expect(await metrics()).toContain('clubos_tickets_waiting{priority="urgent"} 0')
  })

  it('are none that nobody described', async () => {
    await rolledBack(api.database.pool, worker, async (client) => {
      const { rows } = await client.query<{ name: string; label: string | null }>(
        'select distinct name, label is not null as label from app_private.figures_to_watch()',
      )
      for (const { name, label } of rows) {
        expect(Object.keys(figures)).toContain(name)
        expect([name, 'label' in figures[name as keyof typeof figures]]).toEqual([name, label])
      }
    })
  })
})

// After those above: a second server in this process, of another database, has the same gauges.
describe('whoever reads the metrics', () => {
  it('needs the token, whatever name they know the server by', async () => {
    expect(await read()).toMatchObject({ status: 403 })
    expect(await read({ authorization: 'Bearer another-token-of-16' })).toMatchObject({ status: 403 })
    const scraped = await read({ authorization: `Bearer ${token}`, host: 'clubos.internal:5678' })
    expect(scraped.status).toBe(200)
    expect(scraped.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  it('is this machine alone where there is no token, and nobody whom a proxy brings', async () => {
    const open = await startApi()
    try {
      const at = browser(open.server.url)
      expect(await at.send('GET', '/metrics')).toMatchObject({ status: 200 })
      expect(await at.send('GET', '/metrics', undefined, { 'x-forwarded-for': '203.0.113.9' })).toMatchObject(
        { status: 403 },
      )
    } finally {
      await open.close()
    }
    const published = await startApi({ CLUBOS_URL: 'https://help.club.example' })
    try {
      const refused = await browser(published.server.url).send('GET', '/metrics')
      expect(refused).toMatchObject({ status: 403 })
      expect(refused.text).toContain('METRICS_TOKEN')
    } finally {
      await published.close()
    }
  })
})

/** Names in PromQL: what stands before a selector, a range or an end, and is no function or label. */
const named = (expression: string) => expression.match(/\b(clubos|nodejs|process)_\w+/g) ?? []

describe('what names metrics', () => {
  const there = async () => {
    const known = new Set<string>()
    for (const { name, type } of await registry.getMetricsAsJSON()) {
      known.add(name)
      if (String(type) === 'histogram')
        for (const part of ['bucket', 'count', 'sum']) known.add(`${name}_${part}`)
    }
    return known
  }
  const file = (...path: string[]) => readFileSync(join(projectFolder, ...path), 'utf8')

  it('is answered by the running server: alert rules', async () => {
    const known = await there()
    const { groups } = parse(file('deploy', 'prometheus', 'alerts.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: { runbook: string } }[] }[]
    }
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(10)
    for (const { alert, expr } of rules)
      for (const name of named(expr))
        expect([alert, known.has(name) ? name : `no ${name}`]).toEqual([alert, name])
  })

  it('leads to a runbook that is there', () => {
    const headings = [...file('docs', 'operations.md').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    )
    for (const [, document, anchor] of file('deploy', 'prometheus', 'alerts.yml').matchAll(
      /runbook: ([\w/.]+)#(\S+)/g,
    )) {
      expect(document).toBe('docs/operations.md')
      expect(headings).toContain(anchor)
    }
  })

  it('is answered by the running server: the dashboard', async () => {
    const known = await there()
    const dashboard = JSON.parse(file('deploy', 'grafana', 'clubos.json')) as {
      panels: { title: string; targets?: { expr: string }[] }[]
    }
    for (const { title, targets } of dashboard.panels)
      for (const { expr } of targets ?? [])
        for (const name of named(expr))
          expect([title, known.has(name) ? name : `no ${name}`]).toEqual([title, name])
  })

  it('is complete: docs/watching.md lists each metric of ours, and none besides', async () => {
    const listed = new Set(
      [...file('docs', 'watching.md').matchAll(/^\| `(clubos_\w+)`/gm)].map(([, name]) => name!),
    )
    const ours = (await registry.getMetricsAsJSON())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('clubos_'))
    expect([...listed].sort()).toEqual(ours.sort())
  })
})

it('METRICS_TOKEN must be worth something', () => {
  expect(() => readConfig({ METRICS_TOKEN: 'short' })).toThrow('METRICS_TOKEN')
})

;(isServer ? it : it.skip)(
  'a database that is away is said, not a scrape that fails (needs DATABASE_URL)',
  async () => {
    const { makeScrape } = await import('../../core/watching/figures.ts')
    const { makePool } = await import('../../core/database/index.ts')
    const away = makePool('postgres://nobody@127.0.0.1:1/none', api.services.log, 1)
    try {
      const text = await makeScrape(away)()
      expect(text).toContain('clubos_database_up 0')
      expect(text).not.toMatch(/^clubos_workers /m)
    } finally {
      await away.end()
    }
  },
)
