/** Imports: how moving in goes, the first step of a new one, and those that were begun before. */
import { Anchor, Badge, Group, Stack, Text, Title } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatNumber } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { Choose } from './Choose.tsx'
import { type BatchLine, importsQuery, isMoving, planned } from './documents.ts'
import { Steps } from './Steps.tsx'

export const route = createLazyRoute('/staff/admin/imports')({ component: Imports })

function Imports() {
  const { t } = useTranslation('imports')
  const { can } = useSession()
  const navigate = route.useNavigate()
  const query = useData(
    importsQuery,
    {},
    { refetchInterval: (data) => (nodesOf(data?.importBatches).some(isMoving) ? 2000 : false) },
  )
  return (
    <Stack gap="xl">
      {can('admin') && (
        <section>
          <Title order={2} size="h4">
            {t('title')}
          </Title>
          <Text size="sm" c="dimmed" mb="md" maw="48rem">
            {t('about')}
          </Text>
          <Steps at={0} />
          <Choose
            onStaged={(id) => void navigate({ to: '/admin/imports/$id', params: { id: String(id) } })}
          />
        </section>
      )}
      <section>
        <Title order={2} size="h4" mb="sm">
          {t('former')}
        </Title>
        <QueryState query={query}>
          {({ importBatches }) => {
            const rows = nodesOf(importBatches)
            return rows.length === 0 ? (
              <Empty icon={IconFileImport} title={t('none')}>
                {t('noneHint')}
              </Empty>
            ) : (
              <Former rows={rows} />
            )
          }}
        </QueryState>
      </section>
    </Stack>
  )
}

function Former({ rows }: { rows: BatchLine[] }) {
  const { t } = useTranslation('imports')
  const told = (batch: BatchLine) => {
    const counts = planned(batch.counts)
    const parts = (['create', 'update', 'propose'] as const)
      .filter((plan) => counts[plan] > 0)
      .map((plan) => t(`short.${plan}`, { n: formatNumber(counts[plan]) }))
    return parts.length > 0 ? parts.join(', ') : '–'
  }
  return (
    <Rows
      label={t('former')}
      rows={rows}
      keyOf={(one) => one.id}
      columns={[
        {
          title: t('name'),
          wide: true,
          cell: (one) => (
            <Anchor
              inherit
              dir="auto"
              renderRoot={(props) => (
                <Link {...props} to="/admin/imports/$id" params={{ id: String(one.id) }} />
              )}
            >
              {one.name}
            </Anchor>
          ),
        },
        {
          title: t('state'),
          cell: (one) => (
            <Group gap={4}>
              <State status={one.status} />
              {['staged', 'staging'].includes(one.status) && (
                <Text size="xs" c="dimmed">
                  {t('waitsForYou')}
                </Text>
              )}
            </Group>
          ),
        },
        { title: t('plan'), cell: told },
        { title: t('source'), cell: (one) => t(`sources.${one.source as 'upload'}`) },
        { title: t('by'), cell: (one) => one.createdBy },
        { title: t('when'), cell: (one) => <Time at={one.createdAt} exact /> },
      ]}
    />
  )
}

const colors: Record<string, string> = {
  staged: 'blue',
  failed: 'red',
  applied: 'teal',
  rolled_back: 'gray',
  discarded: 'gray',
}

export function State({ status }: { status: string }) {
  const { t } = useTranslation('imports')
  return (
    <Badge miw="max-content" variant="light" tt="none" color={colors[status] ?? 'blue'}>
      {t(`states.${status as 'staged'}`, { defaultValue: status })}
    </Badge>
  )
}
