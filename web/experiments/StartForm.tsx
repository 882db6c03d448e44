/** A new experiment: which SOP, the other wording, how many visitors get it, and how long that will take. */
import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { MarkdownEditor } from '../components/Editor.tsx'
import { Failed, QueryState } from '../components/QueryState.tsx'
import { SourceDiff } from '../components/TextDiff.tsx'
import { toast } from '../components/toast.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { readable } from '../sops/names.ts'
import {
  changedByDeciding,
  estimateQuery,
  type SopToTry,
  sopsQuery,
  sopToTryQuery,
  startMutation,
} from './documents.ts'
import type { ExperimentsSearch } from './route.ts'

interface Props {
  sopId: number | null
  choose: (id: number | null) => void
}

export default function StartForm({ sopId, choose }: Props) {
  const { t } = useTranslation('experiments')
  const query = useData(sopsQuery, {}, { staleTime: 60_000 })
  return (
    <QueryState query={query}>
      {({ sops }) => (
        <Stack maw="80rem">
          <Text size="sm" c="dimmed" maw="48rem">
            {t('start.about')}
          </Text>
          <Select
            label={t('start.sop')}
            placeholder={t('start.choose')}
            nothingFoundMessage={t('start.noSop')}
            searchable
            maw="32rem"
            data={nodesOf(sops)
              .filter(({ archivedAt }) => archivedAt === null)
              .map(({ id, category, section }) => ({
                value: String(id),
                label: `${readable(category)} / ${readable(section)}`,
              }))}
            value={sopId === null ? null : String(sopId)}
            onChange={(value) => choose(value === null ? null : Number(value))}
          />
          {sopId !== null && <ForSop key={sopId} id={sopId} />}
        </Stack>
      )}
    </QueryState>
  )
}

function ForSop({ id }: { id: number }) {
  const { t } = useTranslation('experiments')
  const query = useData(sopToTryQuery, { id })
  return (
    <QueryState query={query}>
      {({ sop }) => {
        if (!sop || sop.archivedAt !== null || sop.category === 'emergency')
          return (
            <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('start.impossible')} />
          )
        const [open] = nodesOf(sop.experiments)
        if (open)
          return (
            <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('start.taken')}>
              <Anchor
                size="sm"
                renderRoot={(props) => <Link {...props} to="/experiments" search={{ experiment: open.id }} />}
              >
                {open.name}
              </Anchor>
            </Alert>
          )
        return <Fields sop={sop} />
      }}
    </QueryState>
  )
}

const shares = { half: [1, 1], quarter: [3, 1], tenth: [9, 1] } as const
type Share = keyof typeof shares

/** What is written, over the version it was begun with. */
interface Draft {
  version: number
  base: string
  text: string
  name: string
  reason: string
  minimum: number
  share: Share
  stopOnHarm: boolean
}

function Fields({ sop }: { sop: SopToTry }) {
  const { t } = useTranslation('experiments')
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>(`experiment.${sop.id}`)
  const begun: Draft = {
    version: sop.version,
    base: sop.content,
    text: sop.content,
    name: '',
    reason: '',
    minimum: 100,
    share: 'half',
    stopOnHarm: true,
  }
  const draft = kept ?? begun
  const [tried, setTried] = useState(false)
  const dirty = draft.text !== draft.base
  const moved = kept !== null && kept.version !== sop.version
  const write = (part: Partial<Draft>) => {
    if (Object.entries(part).some(([key, value]) => draft[key as keyof Draft] !== value))
      keep({ ...draft, ...part })
  }
  const start = useChange(startMutation, {
    refreshes: changedByDeciding,
    onError: () => true,
    onSuccess: ({ startExperiment }) => {
      const id = startExperiment?.result?.id
      keep(null)
      toast({ message: t('done.started') })
      if (id) void navigate({ to: '/experiments', search: { experiment: id }, ignoreBlocker: true })
    },
  })
  const missing = (value: string) => tried && value.trim() === '' && t('start.needed')
  const submit = () => {
    setTried(true)
    if ([draft.name, draft.reason].some((value) => value.trim() === '') || !dirty || start.isPending) return
    start.mutate({
      input: {
        sopId: sop.id,
        variants: [draft.text],
        name: draft.name.trim(),
        reason: draft.reason.trim(),
        minimumSample: draft.minimum,
        weights: [...shares[draft.share]],
        stopOnHarm: draft.stopOnHarm,
        expectedVersion: draft.version,
      },
    })
  }
  return (
    <>
      <LeaveGuard
        when={kept !== null}
        stays={({ pathname, search }) =>
          pathname === '/experiments' && (search as ExperimentsSearch).sop === sop.id
        }
        onDiscard={() => keep(null)}
      />
      {moved && (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('start.moved')}>
          <Stack align="flex-start" gap="xs">
            <Text size="sm">{t('start.movedText')}</Text>
            <Button
              size="xs"
              variant="default"
              onClick={() => keep({ ...draft, version: sop.version, base: sop.content })}
            >
              {t('start.takeOver')}
            </Button>
          </Stack>
        </Alert>
      )}
      <MarkdownEditor
        value={draft.text}
        onChange={(text) => write({ text })}
        label={t('start.text')}
        onSubmit={submit}
      />
      {dirty ? (
        <Stack gap="xs">
          <Title order={2} size="h5">
            {t('start.changes')}
          </Title>
          <SourceDiff before={draft.base} after={draft.text} />
        </Stack>
      ) : (
        <Text
          size="sm"
          c={tried ? 'var(--mantine-color-error)' : 'dimmed'}
          role={tried ? 'alert' : undefined}
        >
          {t('start.unchanged')}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack>
          <TextInput
            label={t('start.name')}
            placeholder={t('start.nameHint')}
            maxLength={200}
            value={draft.name}
            error={missing(draft.name)}
            onChange={(event) => write({ name: event.currentTarget.value })}
          />
          <Textarea
            label={t('start.reason')}
            description={t('start.reasonHint')}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={4000}
            value={draft.reason}
            error={missing(draft.reason)}
            onChange={(event) => write({ reason: event.currentTarget.value })}
          />
        </Stack>
        <Stack>
          <Stack gap={4}>
            <Text size="sm" fw={500} component="span">
              {t('start.share')}
            </Text>
            <SegmentedControl
              aria-label={t('start.share')}
              value={draft.share}
              onChange={(share) => write({ share: share as Share })}
              data={(Object.keys(shares) as Share[]).map((share) => ({
                value: share,
                label: formatNumber(shares[share][1] / (shares[share][0] + shares[share][1]), {
                  style: 'percent',
                }),
              }))}
            />
          </Stack>
          <NumberInput
            label={t('start.minimum')}
            description={t('start.minimumHint')}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            value={draft.minimum}
            onChange={(value) => typeof value === 'number' && value >= 1 && write({ minimum: value })}
          />
          <Estimate sopId={sop.id} minimum={draft.minimum} share={draft.share} />
          <Checkbox
            label={t('start.stopOnHarm')}
            description={t('start.stopOnHarmHint')}
            checked={draft.stopOnHarm}
            onChange={(event) => write({ stopOnHarm: event.currentTarget.checked })}
          />
        </Stack>
      </SimpleGrid>
      {start.error && <Failed error={start.error} />}
      <Group gap="xs">
        <Button loading={start.isPending} onClick={submit}>
          {t('start.submit')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('start.effect')}
        </Text>
      </Group>
    </>
  )
}

function Estimate({ sopId, minimum, share }: { sopId: number; minimum: number; share: Share }) {
  const { t } = useTranslation('experiments')
  const [minimumSample] = useDebouncedValue(minimum, 300)
  const { data } = useData(
    estimateQuery,
    { sopId, minimumSample, weights: [...shares[share]] },
    { staleTime: 60_000, keepPrevious: true },
  )
  const found = data?.estimateExperiment
  if (!found) return null
  const perDay = formatNumber(found.ratedPerDay ?? 0, { maximumFractionDigits: 1 })
  return (
    <Text size="sm" role="status">
      {found.days === null
        ? t('estimate.nobody')
        : t('estimate.days', { perDay, count: Math.max(1, Math.ceil(found.days)) })}
    </Text>
  )
}
