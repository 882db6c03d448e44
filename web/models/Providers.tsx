/** Who does what now, how its provider is, and what may be spent. */
import {
  Alert,
  Badge,
  Box,
  Code,
  Group,
  Paper,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  ThemeIcon,
  Title,
} from '@mantine/core'
import {
  IconArrowsSort,
  IconChartDots3,
  IconMessage,
  IconPlugConnected,
  IconPlugConnectedX,
  IconReportSearch,
  IconRoute,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Facts } from '../components/Facts.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { Budgets } from './Budgets.tsx'
import { type Provider, providersQuery } from './documents.ts'
import { failureText, readableModel } from './format.ts'
import { type Part, partsOf } from './parts.ts'
import { Reembedding } from './Reembedding.tsx'

const signs = {
  answer: IconMessage,
  route: IconRoute,
  rerank: IconArrowsSort,
  embed: IconChartDots3,
  analyse: IconReportSearch,
}

export function Providers() {
  const query = useData(providersQuery, {}, { refetchInterval: 15_000 })
  return (
    <QueryState query={query} skeleton={<Skeleton h={480} />}>
      {(data) => (
        <Stack gap="xl">
          {data.system && <Now parts={partsOf(data.system)} />}
          <Budgets data={data} />
          {data.system && <Connections providers={data.system.providers} />}
          <Reembedding />
        </Stack>
      )}
    </QueryState>
  )
}

function Now({ parts }: { parts: Part[] }) {
  const { t } = useTranslation('models')
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('now.title')}
      </Title>
      <SimpleGrid component="ul" cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm" m={0} p={0}>
        {parts.map(({ part, provider, model }) => {
          const Sign = signs[part]
          return (
            <Paper key={part} component="li" withBorder p="sm" style={{ listStyle: 'none', minWidth: 0 }}>
              <Group gap="xs" wrap="nowrap" mb={4}>
                <ThemeIcon variant="light" color={provider === 'local' ? 'gray' : 'teal'} aria-hidden>
                  <Sign size={16} />
                </ThemeIcon>
                <Text size="sm" fw={600}>
                  {t(`parts.${part}`)}
                </Text>
              </Group>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {readableModel(t, model)}
              </Text>
              <Text size="xs" c="dimmed">
                {t(`providers.${provider as 'local'}`, { defaultValue: provider })}
              </Text>
            </Paper>
          )
        })}
      </SimpleGrid>
    </section>
  )
}

function Connections({ providers }: { providers: readonly Provider[] }) {
  const { t } = useTranslation('models')
  const none = providers.every(({ configured }) => !configured)
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('connections.title')}
      </Title>
      {none && (
        <Alert color="gray" mb="sm" icon={<IconPlugConnectedX aria-hidden />} title={t('connections.none')}>
          <Text size="sm">{t('connections.noneHint')}</Text>
          <Code block mt="xs" tabIndex={0} aria-label={t('connections.settings')}>
            {'OPENAI_API_KEY=…\nANTHROPIC_API_KEY=…'}
          </Code>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
        {providers.map((provider) => (
          <Connection key={provider.provider} provider={provider} />
        ))}
      </SimpleGrid>
    </section>
  )
}

const stateOf = ({ configured, breaker }: Provider) =>
  !configured ? 'off' : breaker === 'open' ? 'open' : breaker === 'half_open' ? 'half' : 'well'
const colours = { off: 'gray', open: 'red', half: 'orange', well: 'teal' }

function Connection({ provider }: { provider: Provider }) {
  const { t } = useTranslation('models')
  const { configured, host, models, lastFailure, lastSuccess } = provider
  const state = stateOf(provider)
  const name = t(`providers.${provider.provider as 'openai'}`, { defaultValue: provider.provider })
  return (
    <Paper withBorder p="md" component="section" aria-label={name} style={{ minWidth: 0 }}>
      <Group gap="xs" mb="xs">
        <ThemeIcon variant="light" color={colours[state]} aria-hidden>
          {configured ? <IconPlugConnected size={16} /> : <IconPlugConnectedX size={16} />}
        </ThemeIcon>
        <Title order={3} size="h5">
          {name}
        </Title>
        <Badge variant="light" color={colours[state]} tt="none" miw="max-content">
          {t(`breaker.${state}`)}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" mb={configured ? 'xs' : 0}>
        {t(`breakerHint.${state}`)}
      </Text>
      {configured && (
        <Box style={{ overflowWrap: 'anywhere' }}>
          <Facts
            facts={[
              [t('connections.host'), host ?? '–'],
              ...models.map(
                ({ part, model }) =>
                  [t(`parts.${part as 'answer'}`, { defaultValue: part }), model] as [string, string],
              ),
              [
                t('connections.success'),
                lastSuccess ? <Time key="s" at={lastSuccess} /> : t('connections.never'),
              ],
              [
                t('connections.failure'),
                lastFailure ? (
                  <span key="f">
                    {failureText(t, lastFailure.kind)} · <Time at={lastFailure.at} />
                  </span>
                ) : (
                  t('connections.noFailure')
                ),
              ],
            ]}
          />
        </Box>
      )}
    </Paper>
  )
}
