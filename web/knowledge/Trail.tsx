/** Who changed an entry, when, why, and what: from the audit log, for those who may read it. */
import { Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { trailQuery } from './documents.ts'
import classes from './knowledge.module.css'

/** Fields that change by themselves with each rating or write. */
const silent = new Set([
  'updated_at',
  'usage_count',
  'success_count',
  'success_rate',
  'embeddings',
  'embedding_model',
])

function changed(old: unknown, now: unknown): string[] {
  if (!old || !now || typeof old !== 'object' || typeof now !== 'object') return []
  const [before, after] = [old as Record<string, unknown>, now as Record<string, unknown>]
  return Object.keys(after).filter(
    (key) => !silent.has(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  )
}

export function Trail({ id }: { id: number }) {
  const { t } = useTranslation('knowledge')
  const query = useData(trailQuery, { id: String(id) })
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {t('trail.title')}
      </Title>
      <QueryState query={query}>
        {({ auditLogs }) => {
          const entries = rowsOf(auditLogs)
          if (entries.length === 0) return <Text size="sm">{t('trail.none')}</Text>
          return (
            <ol className={classes.trail}>
              {entries.map((one) => (
                <li key={one.id}>
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {one.reason}
                  </Text>
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {one.actor} · <Time at={one.createdAt} />
                    {changed(one.old, one.new).length > 0 &&
                      ` · ${t('trail.changed', { fields: changed(one.old, one.new).join(', ') })}`}
                  </Text>
                </li>
              ))}
            </ol>
          )
        }}
      </QueryState>
    </section>
  )
}
