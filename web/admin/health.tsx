/** What `clubos doctor` says, as a page: each check, what was found, and what to do. */
import { Alert, Group, Paper, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleCheck } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { AddressLink } from '../components/AddressLink.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { checksOf, healthQuery } from './checks.ts'

export const route = createLazyRoute('/staff/admin/health')({ component: Health })

function Health() {
  const { t } = useTranslation(['health', 'admin'])
  const query = useData(healthQuery, {}, { refetchInterval: 15_000 })
  return (
    <QueryState query={query} skeleton={<Skeleton h={400} />}>
      {(data) => {
        const checks = checksOf(t, data)
        const wrong = checks.filter(({ ok }) => !ok)
        // What needs somebody stands first.
        const ordered = [...wrong, ...checks.filter(({ ok }) => ok)]
        return (
          <Stack gap="md" maw="56rem">
            <Alert
              role="status"
              color={wrong.length === 0 ? 'teal' : 'orange'}
              icon={wrong.length === 0 ? <IconCircleCheck /> : <IconAlertTriangle />}
              title={wrong.length === 0 ? t('health.well') : t('health.attention', { count: wrong.length })}
            >
              {t('health.checked')} <Time at={new Date(query.dataUpdatedAt).toISOString()} />
            </Alert>
            <Stack
              component="ul"
              gap="xs"
              p={0}
              m={0}
              aria-label={t('admin:sections.health')}
              style={{ listStyle: 'none' }}
            >
              {ordered.map(({ name, ok, found, advice, href }) => (
                <Paper key={name} component="li" withBorder p="sm">
                  <Group wrap="nowrap" align="flex-start" gap="sm">
                    <ThemeIcon variant="light" color={ok ? 'teal' : 'orange'} radius="xl" aria-hidden>
                      {ok ? <IconCheck size={16} /> : <IconAlertTriangle size={16} />}
                    </ThemeIcon>
                    <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                      <Group gap="xs">
                        <Title order={2} size="h6">
                          {t(`health.checks.${name}`)}
                        </Title>
                        <Text
                          size="sm"
                          c={ok ? 'var(--mantine-color-teal-text)' : 'var(--mantine-color-orange-text)'}
                        >
                          {t(ok ? 'health.ok' : 'health.look')}
                        </Text>
                      </Group>
                      <Text size="sm">{found}</Text>
                      {!ok && advice && (
                        <Text size="sm" c="dimmed">
                          {advice}
                        </Text>
                      )}
                      {href && (
                        <Text size="sm">
                          <AddressLink href={href}>
                            {t('health.open', { what: t(`health.checks.${name}`) })}
                          </AddressLink>
                        </Text>
                      )}
                    </div>
                  </Group>
                </Paper>
              ))}
            </Stack>
          </Stack>
        )
      }}
    </QueryState>
  )
}
