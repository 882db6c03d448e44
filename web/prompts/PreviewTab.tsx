/** What a text would do: past questions asked again with it, beside what was said then. */
import {
  Alert,
  Badge,
  Button,
  Group,
  Paper,
  Progress,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
} from '@mantine/core'
import { IconFlask, IconPlayerStop } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatDollars, formatNumber } from '../app/time.ts'
import { Empty, Failed } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { failureText, readableModel } from '../models/format.ts'
import { useParts } from '../models/parts.ts'
import { type Prompt, versionQuery } from './documents.ts'
import { usePromptDraft } from './draft.ts'
import { NoModel } from './NoModel.tsx'
import classes from './prompts.module.css'
import { type Compared, usePreview } from './usePreview.ts'

const counts = ['5', '10', '20']
const writing = 'draft'

export default function PreviewTab({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation('prompts')
  const parts = useParts()
  const { draft, dirty } = usePromptDraft(prompt)
  const [which, setWhich] = useState<string>(dirty ? writing : String(Math.max(1, prompt.version - 1)))
  const [count, setCount] = useState('5')
  const { rows, running, refused, run, stop } = usePreview(prompt.name)
  const version = which === writing ? 0 : Number(which)
  const { data } = useData(
    versionQuery,
    { id: prompt.id, version },
    { enabled: version > 0, staleTime: Number.POSITIVE_INFINITY },
  )
  const text = version === 0 ? draft.text : data?.promptVersionByPromptIdAndVersion?.content
  useShortcuts(running ? [{ keys: 'Escape', label: t('preview.stop'), run: stop }] : [])

  // Who may be asked: the model that this prompt is for.
  const part = parts?.find((one) => one.part === (prompt.name === 'route' ? 'route' : 'answer'))
  if (prompt.name !== 'route' && prompt.name !== 'answer')
    return <Empty icon={IconFlask} title={t('preview.notThis')} />
  if (part?.provider === 'local')
    return (
      <Stack>
        <Text size="sm">{t('preview.noModel')}</Text>
        <NoModel />
      </Stack>
    )
  if (!dirty && prompt.version === 1)
    return (
      <Empty icon={IconFlask} title={t('preview.nothing')}>
        {t('preview.nothingHint')}
      </Empty>
    )
  const done = rows?.filter(({ trial }) => trial !== null).length ?? 0
  const total = rows?.length ?? Number(count)
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw="48rem">
        {t('preview.about')}
      </Text>
      <Group gap="sm" align="flex-end">
        <Select
          label={t('preview.what')}
          allowDeselect={false}
          data={[
            ...(dirty ? [{ value: writing, label: t('preview.draft') }] : []),
            ...Array.from({ length: prompt.version }, (_, n) => ({
              value: String(prompt.version - n),
              label: t('version', { version: prompt.version - n }),
            })),
          ]}
          value={which}
          onChange={(value) => setWhich(value ?? which)}
        />
        <Select
          w={110}
          label={t('preview.count')}
          allowDeselect={false}
          data={counts}
          value={count}
          onChange={(value) => setCount(value ?? count)}
        />
        {running ? (
          <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={stop}>
            {t('preview.stop')}
          </Button>
        ) : (
          <Button
            leftSection={<IconFlask size={16} aria-hidden />}
            disabled={text === undefined || text.trim() === ''}
            onClick={() => void run(text!, Number(count))}
          >
            {t('preview.run')}
          </Button>
        )}
      </Group>
      {running && (
        <Progress.Root size="md">
          <Progress.Section
            value={(100 * done) / Math.max(1, total)}
            aria-label={t('preview.running', { done: formatNumber(done), total: formatNumber(total) })}
          />
        </Progress.Root>
      )}
      <Text size="sm" role="status">
        {running
          ? t('preview.running', { done: formatNumber(done), total: formatNumber(total) })
          : rows && rows.length > 0
            ? `${t('preview.done', { count: done })} ${summary(t, rows)}`
            : ''}
      </Text>
      {refused && <Failed error={refused} />}
      {rows?.length === 0 && <Empty icon={IconFlask} title={t('preview.noQuestions')} />}
      {rows && rows.length > 0 && (
        <Stack
          component="ul"
          gap="sm"
          m={0}
          p={0}
          aria-label={t('preview.results')}
          style={{ listStyle: 'none' }}
        >
          {rows.map((row) => (
            <Row key={row.past.id} row={row} running={running} />
          ))}
        </Stack>
      )}
    </Stack>
  )
}

type T = ReturnType<typeof useTranslation<'prompts'>>['t']

/** Better and worse by what customers get: an answer, or a person. */
function summary(t: T, rows: Compared[]): string {
  const tried = rows.flatMap(({ past, trial }) => (trial ? [{ past, trial }] : []))
  const answered = (outcome: string) => outcome === 'answered'
  const better = tried.filter(({ past, trial }) => !answered(past.outcome) && answered(trial.outcome)).length
  const worse = tried.filter(({ past, trial }) => answered(past.outcome) && !answered(trial.outcome)).length
  const sum = (costs: (number | string | null)[]) =>
    costs.reduce<number>((all, cost) => all + Number(cost ?? 0), 0)
  return [
    t('preview.outcomes', {
      better: formatNumber(better),
      worse: formatNumber(worse),
      same: formatNumber(tried.length - better - worse),
    }),
    t('preview.cost', {
      old: formatDollars(sum(tried.map(({ past }) => past.cost))),
      fresh: formatDollars(sum(tried.map(({ trial }) => trial.cost))),
    }),
  ].join(' ')
}

function Row({ row: { past, trial }, running }: { row: Compared; running: boolean }) {
  const { t } = useTranslation(['prompts', 'models'])
  const changed = trial !== null && trial.outcome !== past.outcome
  return (
    <Paper component="li" withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
      <Group gap="xs" mb="xs">
        <Text size="sm" fw={600} dir="auto" flex="1 1 14rem">
          “{past.question}”
        </Text>
        {changed && (
          <Badge
            tt="none"
            variant="light"
            color={trial.outcome === 'answered' ? 'teal' : 'orange'}
            miw="max-content"
          >
            {t('preview.changed')}
          </Badge>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Side
          title={
            past.promptVersion
              ? t('preview.before', { version: past.promptVersion.version })
              : t('preview.beforeLocal')
          }
          {...past}
          cost={past.cost === null ? null : Number(past.cost)}
        />
        {trial ? (
          <Side title={t('preview.then')} {...trial} />
        ) : running ? (
          <Skeleton height={80} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('preview.untried')}
          </Text>
        )}
      </SimpleGrid>
    </Paper>
  )
}

interface SideProps {
  title: string
  text: string
  outcome: string
  model: string
  reason: string | null
  fallback?: string | null
  cost: number | null
  tokensIn: number | null
  tokensOut: number | null
}

function Side({ title, text, outcome, model, reason, fallback, cost, tokensIn, tokensOut }: SideProps) {
  const { t } = useTranslation(['prompts', 'models', 'common'])
  const { t: models } = useTranslation('models')
  const facts = [
    readableModel(models, model),
    tokensIn === null && tokensOut === null
      ? null
      : models('written.tokens', { in: formatNumber(tokensIn ?? 0), out: formatNumber(tokensOut ?? 0) }),
    cost === null ? null : formatDollars(cost),
  ].filter((fact) => fact !== null)
  return (
    <div style={{ minWidth: 0 }}>
      <Group gap={6} mb={4}>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        <Badge
          size="sm"
          variant="light"
          miw="max-content"
          color={outcome === 'answered' ? 'teal' : outcome === 'emergency' ? 'red' : 'orange'}
        >
          {t(`common:outcome.${outcome as 'answered'}`, { defaultValue: outcome })}
        </Badge>
      </Group>
      <Text size="sm" className={classes.said} dir="auto">
        {text === '' ? t('preview.nothingSaid') : text}
      </Text>
      {fallback && (
        <Alert color="orange" p={6} mt={4}>
          <Text size="xs">{reason ?? failureText(models, fallback)}</Text>
        </Alert>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {facts.join(' · ')}
      </Text>
    </div>
  )
}
