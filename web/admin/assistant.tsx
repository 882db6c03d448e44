/** The assistant: whether it answers, by what, and by which settings. */
import { Alert, Box, Button, Group, Paper, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPause, IconRobot } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { waitingQuery } from '../app/Shell.tsx'
import { useSession } from '../app/session.ts'
import { Facts } from '../components/Facts.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { queryKey, useChange, useData } from '../graphql/hooks.ts'
import { useLive } from '../graphql/live.ts'
import { AnsweringSettings } from './AnsweringSettings.tsx'
import { AssistantWords } from './AssistantWords.tsx'

export const route = createLazyRoute('/staff/admin/assistant')({ component: Assistant })

const assistantQuery = graphql(`
  query Assistant {
    clubSettings {
      nodes { assistantEnabled confidenceThreshold modelThreshold takeoverMinutes helpfulVotesToConfirm embeddingModel updatedAt }
    }
    system { answeringProvider answeringModel routingModel rerankingModel embeddingProvider embeddingModel analyst }
  }
`)
const switchMutation = graphql(`
  mutation SetAssistantEnabled($enabled: Boolean!, $reason: String!) {
    setAssistantEnabled(input: { enabled: $enabled, reason: $reason }) { result { assistantEnabled updatedAt } }
  }
`)

/** The provider that quotes. */
const local = 'local-extractive'

type Data = ResultOf<typeof assistantQuery>
type Settings = NonNullable<NonNullable<Data['clubSettings']>['nodes'][number]>

function Assistant() {
  const query = useData(assistantQuery, {})
  const again = () => void query.refetch()
  useLive('ticketsChanged', ({ event }) => event === 'assistant' && again(), again)
  return (
    <QueryState query={query} skeleton={<Skeleton h={180} />}>
      {({ clubSettings, system }) => {
        const settings = clubSettings?.nodes[0]
        return (
          settings && (
            <Stack gap="xl" maw="52rem">
              <KillSwitch settings={settings} />
              {system && <Answering system={system} settings={settings} />}
              <AssistantWords />
              <AnsweringSettings
                settings={settings}
                byModel={system !== null && system.answeringProvider !== local}
                refreshes={assistantQuery}
              />
            </Stack>
          )
        )
      }}
    </QueryState>
  )
}

function KillSwitch({ settings }: { settings: Settings }) {
  const { t } = useTranslation(['assistant', 'common'])
  const { can } = useSession()
  const client = useQueryClient()
  const on = settings.assistantEnabled
  /** At once on this page; the server's word, or its refusal, comes after. */
  const show = (enabled: boolean) =>
    client.setQueryData<Data>(queryKey(assistantQuery, {}), (before) =>
      before?.clubSettings
        ? {
            ...before,
            clubSettings: {
              ...before.clubSettings,
              nodes: before.clubSettings.nodes.map((one) => one && { ...one, assistantEnabled: enabled }),
            },
          }
        : before,
    )
  const change = useChange(switchMutation, {
    refreshes: [assistantQuery, waitingQuery],
    onSuccess: (_, { enabled }) =>
      toast({
        message: t(enabled ? 'assistant.switchedOn' : 'assistant.switchedOff'),
        undo: () => switchTo(!enabled, t('assistant.undone')),
      }),
  })
  const switchTo = (enabled: boolean, reason: string) => {
    show(enabled)
    change.mutate({ enabled, reason })
  }
  const ask = async () => {
    const reason = await askReason(
      on
        ? {
            title: t('assistant.offTitle'),
            text: t('assistant.offText'),
            action: t('assistant.off'),
            suggestions: [t('assistant.reasonWrong'), t('assistant.reasonIncident')],
            danger: true,
          }
        : { title: t('assistant.onTitle'), text: t('assistant.onText'), action: t('assistant.on') },
    )
    if (reason !== null) switchTo(!on, reason)
  }
  useShortcuts(
    can('agent')
      ? [{ keys: 'o', label: t(on ? 'assistant.off' : 'assistant.on'), run: () => void ask() }]
      : [],
  )
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('assistant.switch')}>
      <Group justify="space-between" gap="lg">
        <Group gap="md" wrap="nowrap" flex="1 1 18rem">
          <ThemeIcon size={48} radius="xl" variant="light" color={on ? 'teal' : 'red'} aria-hidden>
            {on ? <IconRobot size={28} /> : <IconPlayerPause size={28} />}
          </ThemeIcon>
          <Box role="status">
            <Title order={2} size="h4">
              {t(on ? 'assistant.isOn' : 'assistant.isOff')}
            </Title>
            <Text size="sm" c="dimmed">
              {t(on ? 'assistant.isOnText' : 'assistant.isOffText')} {t('assistant.since')}{' '}
              <Time at={settings.updatedAt} />
            </Text>
          </Box>
        </Group>
        {can('agent') && (
          <Button
            size="md"
            color={on ? 'red' : 'teal'}
            onClick={() => void ask()}
            loading={change.isPending}
            leftSection={on ? <IconPlayerPause size={18} aria-hidden /> : <IconRobot size={18} aria-hidden />}
          >
            {t(on ? 'assistant.off' : 'assistant.on')}
          </Button>
        )}
      </Group>
    </Paper>
  )
}

function Answering({ system, settings }: { system: NonNullable<Data['system']>; settings: Settings }) {
  const { t } = useTranslation('assistant')
  const quoted = system.answeringProvider === local
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t('assistant.answers')}
      </Title>
      {system.embeddingModel !== settings.embeddingModel && (
        <Alert color="orange" icon={<IconAlertTriangle />} mb="sm">
          {t('assistant.modelsDiffer', { ours: system.embeddingModel, theirs: settings.embeddingModel })}
        </Alert>
      )}
      <Facts
        facts={[
          [
            t('assistant.who'),
            quoted
              ? t('assistant.quoted')
              : t('assistant.written', { provider: system.answeringProvider, model: system.answeringModel }),
          ],
          [
            t('assistant.routing'),
            system.routingModel === 'local-vote'
              ? t('assistant.voted')
              : t('assistant.byModel', { model: system.routingModel }),
          ],
          ...(system.rerankingModel === null
            ? []
            : [
                [t('assistant.ranking'), t('assistant.byModel', { model: system.rerankingModel })] satisfies [
                  string,
                  string,
                ],
              ]),
          [
            t('assistant.search'),
            t(system.embeddingProvider === 'local' ? 'assistant.searchLocal' : 'assistant.searchOther', {
              model: system.embeddingModel,
              provider: system.embeddingProvider,
            }),
          ],
          [
            t('assistant.analyst'),
            system.analyst === 'local'
              ? t('assistant.analystLocal')
              : t('assistant.byModel', { model: system.analyst }),
          ],
        ]}
      />
    </section>
  )
}
