/** The audit log: who changed what, when and why; and whether nobody has changed the log. */
import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays, startOfDay } from '../app/days.ts'
import { useTimezone } from '../app/time.ts'
import { AddressLink } from '../components/AddressLink.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { graphql, type ResultOf, type VariablesOf } from '../graphql/graphql.ts'
import { usePages } from '../graphql/hooks.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { ChainCheck } from './ChainCheck.tsx'
import { FieldDiff } from './FieldDiff.tsx'
import type { AuditSearch, StaffRole } from './route.ts'
import { addressOf } from './row_address.ts'

export const route = createLazyRoute('/staff/admin/audit')({ component: Audit })

const auditQuery = graphql(`
  query AuditLog($condition: AuditLogCondition, $filter: AuditLogFilter, $after: Cursor) {
    auditLogs(condition: $condition, filter: $filter, after: $after, first: 50, orderBy: [ID_DESC]) {
      totalCount
      nodes {
        id tableName rowId operation actor role reason old new transactionId createdAt chainPosition
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
type Variables = Omit<VariablesOf<typeof auditQuery>, 'after'>
export type Entry = NonNullable<NonNullable<ResultOf<typeof auditQuery>['auditLogs']>['nodes'][number]>

const colours: Record<string, string> = { insert: 'teal', update: 'blue', delete: 'red' }

function variablesOf({ table, row, actor, transaction, from, to }: AuditSearch, zone: string): Variables {
  const condition = {
    ...(table && { tableName: table }),
    ...(row && { rowId: row }),
    ...(actor && { actor }),
    ...(transaction && { transactionId: transaction }),
  }
  const createdAt = {
    ...(from && { greaterThanOrEqualTo: startOfDay(from, zone) }),
    ...(to && { lessThan: startOfDay(addDays(to, 1), zone) }),
  }
  // The API takes no empty ones.
  return {
    ...(Object.keys(condition).length > 0 && { condition }),
    ...((from || to) && { filter: { createdAt } }),
  }
}

function Audit() {
  const { t } = useTranslation(['admin', 'common'])
  const zone = useTimezone()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<AuditSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false })
  const query = usePages(auditQuery, variablesOf(search, zone), (data) => data.auditLogs)
  return (
    <>
      <ChainCheck />
      <Title order={2} size="h4" mt="xl" mb="sm">
        {t('audit.entries')}
      </Title>
      <AuditFilters search={search} onChange={change} />
      <QueryState query={query}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.auditLogs?.nodes ?? []).filter((one) => one !== null)
          const total = pages[0]?.auditLogs?.totalCount ?? entries.length
          if (entries.length === 0) return <Empty icon={IconHistory} title={t('audit.none')} />
          return (
            <>
              <Text size="sm" c="dimmed" mb="xs" role="status">
                {t('common:state.of', { shown: entries.length, total })}
              </Text>
              <Stack
                component="ul"
                gap="xs"
                p={0}
                m={0}
                aria-label={t('audit.entries')}
                style={{ listStyle: 'none' }}
              >
                {entries.map((entry) => (
                  <EntryCard key={entry.id} entry={entry} onFilter={change} />
                ))}
              </Stack>
              {query.hasNextPage && (
                <Button
                  mt="md"
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('common:state.more')}
                </Button>
              )}
            </>
          )
        }}
      </QueryState>
    </>
  )
}

function EntryCard({ entry, onFilter }: { entry: Entry; onFilter: (part: Partial<AuditSearch>) => void }) {
  const { t } = useTranslation(['admin', 'common'])
  const [open, setOpen] = useState(false)
  const address = addressOf(entry)
  const what = `${entry.tableName} ${entry.rowId}`
  return (
    <Paper component="li" withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
      <Group justify="space-between" gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge miw="max-content" color={colours[entry.operation] ?? 'gray'} variant="light">
            {t(`audit.operations.${entry.operation as 'insert'}`, { defaultValue: entry.operation })}
          </Badge>
          <Text size="sm" fw={600}>
            {address ? <AddressLink href={address}>{what}</AddressLink> : what}
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          <Time at={entry.createdAt} exact />
        </Text>
      </Group>
      <Text size="sm" mt={4} dir="auto">
        {entry.reason ?? t('audit.noReason')}
      </Text>
      <Group gap="md" mt={4}>
        <Text size="sm" c="dimmed">
          {t('audit.by', {
            actor: entry.actor,
            role: t(`common:session.role.${entry.role as StaffRole}`, { defaultValue: entry.role }),
          })}
        </Text>
        <Anchor
          component="button"
          size="sm"
          onClick={() => onFilter({ table: entry.tableName, row: entry.rowId })}
        >
          {t('audit.sameRow')}
        </Anchor>
        <Anchor component="button" size="sm" onClick={() => onFilter({ actor: entry.actor })}>
          {t('audit.sameActor')}
        </Anchor>
        <Anchor
          component="button"
          size="sm"
          onClick={() =>
            onFilter({
              transaction: entry.transactionId,
              table: undefined,
              row: undefined,
              actor: undefined,
              from: undefined,
              to: undefined,
            })
          }
        >
          {t('audit.sameTransaction')}
        </Anchor>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={open}
          aria-label={`${t(open ? 'audit.hide' : 'audit.show')}: ${what}`}
          onClick={() => setOpen(!open)}
        >
          {t(open ? 'audit.hide' : 'audit.show')}
        </Button>
      </Group>
      {open && <FieldDiff before={entry.old} after={entry.new} label={what} />}
    </Paper>
  )
}
