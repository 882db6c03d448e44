/** The checks of `clubos doctor` (cli/commands/doctor.ts), from what the API says. */
import type { TFunction } from 'i18next'
import { formatDay, formatNumber } from '../app/time.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import type en from '../i18n/en/health.json'
import { formatSeconds } from './seconds.ts'

export const healthQuery = graphql(`
  query Health {
    systemHealth {
      postgresVersion pgvectorVersion databaseBytes workers workerLastSeen jobsWaiting jobsRunning
      oldestWaitingSeconds deadJobs searchUnits searchUnitsWithoutVectors pendingProposals oldestPendingDays
      urgentTicketsWaiting notificationsUnsent notificationsFailed assistantEnabled embeddingModel
      auditRows auditHeadDay
    }
    system { version databaseKind embeddingModel environment mailConfigured publicUrl }
    sops { totalCount }
    knowledgeBases { totalCount }
    users(filter: { status: { equalTo: "active" } }, first: 1000) { nodes { role } }
  }
`)

export interface Check {
  name: keyof typeof en.health.checks
  ok: boolean
  found: string
  advice?: string
  href?: string
}

const day = 86_400_000

export function checksOf(t: TFunction<'health'>, data: ResultOf<typeof healthQuery>): Check[] {
  const { systemHealth: health, system } = data
  if (!health || !system) return []
  const count = (value: string | number | null) => Number(value ?? 0)
  const number = (value: string | number | null) => formatNumber(count(value))
  const active = data.users?.nodes ?? []
  const waited = health.oldestWaitingSeconds ?? 0
  return [
    {
      name: 'database',
      ok: true,
      found: t('health.database', {
        postgres: health.postgresVersion?.split(' ')[0],
        vector: health.pgvectorVersion,
        kind: t(system.databaseKind === 'embedded' ? 'health.embedded' : 'health.server'),
        size: formatNumber(count(health.databaseBytes) / 1e6, {
          style: 'unit',
          unit: 'megabyte',
          maximumFractionDigits: 0,
        }),
      }),
    },
    {
      name: 'content',
      ok: count(data.sops?.totalCount ?? 0) > 0,
      found: t('health.content', {
        sops: number(data.sops?.totalCount ?? 0),
        knowledge: number(data.knowledgeBases?.totalCount ?? 0),
      }),
      advice: t('health.contentAdvice'),
    },
    {
      name: 'vectors',
      ok: count(health.searchUnitsWithoutVectors) === 0,
      found: t('health.vectors', {
        units: number(health.searchUnits),
        missing: number(health.searchUnitsWithoutVectors),
      }),
      advice: t('health.vectorsAdvice'),
    },
    {
      name: 'model',
      ok: health.embeddingModel === system.embeddingModel,
      found: t('health.model', { theirs: health.embeddingModel, ours: system.embeddingModel }),
      advice: t('health.modelAdvice'),
    },
    {
      name: 'assistant',
      ok: health.assistantEnabled === true,
      found: t(health.assistantEnabled ? 'health.answers' : 'health.off'),
      advice: t('health.assistantAdvice'),
      href: '/admin/assistant',
    },
    {
      name: 'workers',
      ok: count(health.workers) > 0,
      found: t('health.workers', { count: count(health.workers) }),
      advice: t('health.workersAdvice'),
    },
    {
      name: 'jobs',
      ok: count(health.deadJobs) === 0 && waited < 300,
      found: t('health.jobs', { dead: number(health.deadJobs), time: formatSeconds(waited) }),
      advice: t('health.jobsAdvice'),
      href: '/admin/jobs',
    },
    {
      name: 'queue',
      ok: (health.oldestPendingDays ?? 0) < 14,
      found: t('health.queue', {
        count: count(health.pendingProposals),
        days: formatNumber(Math.floor(health.oldestPendingDays ?? 0)),
      }),
      advice: t('health.queueAdvice'),
      href: '/review',
    },
    {
      name: 'people',
      ok: active.some((one) => one?.role === 'admin'),
      found: t('health.people', {
        count: active.length,
        admins: formatNumber(active.filter((one) => one?.role === 'admin').length),
      }),
      advice: t('health.peopleAdvice'),
      href: '/admin/people',
    },
    {
      name: 'outbox',
      ok: count(health.notificationsFailed) === 0 && system.mailConfigured,
      found: t(system.mailConfigured ? 'health.outbox' : 'health.noMail', {
        failed: number(health.notificationsFailed),
        unsent: number(health.notificationsUnsent),
      }),
      advice: t(system.mailConfigured ? 'health.outboxAdvice' : 'health.noMailAdvice'),
      href: '/admin/notifications',
    },
    {
      name: 'urgent',
      ok: count(health.urgentTicketsWaiting) === 0,
      found: t('health.urgent', { count: count(health.urgentTicketsWaiting) }),
      advice: t('health.urgentAdvice'),
      href: '/inbox',
    },
    {
      name: 'audit',
      // Kept once a day; a club that is new has none yet.
      ok: health.auditHeadDay === null || Date.now() - Date.parse(health.auditHeadDay) < 3 * day,
      found: health.auditHeadDay
        ? t('health.audit', {
            rows: number(health.auditRows),
            day: formatDay(`${health.auditHeadDay}T00:00:00Z`, 'UTC'),
          })
        : t('health.auditNew', { rows: number(health.auditRows) }),
      advice: t('health.auditAdvice'),
      href: '/admin/audit',
    },
    {
      name: 'server',
      ok: true,
      found: t('health.version', {
        version: system.version,
        environment: t(system.environment === 'production' ? 'health.production' : 'health.development'),
        address: system.publicUrl ?? t('health.local'),
      }),
    },
  ]
}
