/** A new experiment: which SOP, the other wordings, how many visitors get them, and how long that will take. */
import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatNumber } from '../app/time.ts'
import { isSpecial } from '../components/CategoryNote.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { toast } from '../components/toast.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { readable } from '../sops/names.ts'
import { type Arms, labelOf, mostVariants, textProblem, weightsOf, withAnother } from './arms.ts'
import {
  changedByDeciding,
  estimateQuery,
  type SopToTry,
  sopsQuery,
  sopToTryQuery,
  startMutation,
} from './documents.ts'
import type { ExperimentsSearch } from './route.ts'
import { Shares } from './Shares.tsx'
import { Variants } from './Variants.tsx'

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
        if (!sop || sop.archivedAt !== null || isSpecial(sop.category))
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

/** What is written, over the version it was begun with. */
interface Draft extends Arms {
  version: number
  base: string
  name: string
  reason: string
  minimum: number
  stopOnHarm: boolean
}

function Fields({ sop }: { sop: SopToTry }) {
  const { t } = useTranslation(['experiments', 'common'])
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>(`experiment.arms.${sop.id}`)
  const draft: Draft = kept ?? {
    version: sop.version,
    base: sop.content,
    variants: [{ key: 1, text: sop.content, share: '' }],
    equal: true,
    name: '',
    reason: '',
    minimum: 100,
    stopOnHarm: true,
  }
  // What is taken back later goes by the draft as it is then.
  const now = useRef(draft)
  now.current = draft
  const form = useRef<HTMLDivElement>(null)
  const [tries, setTries] = useState(0)
  const [chosen, setChosen] = useState(draft.variants[0]!.key)
  const [added, setAdded] = useState<number | null>(null)
  const shown = draft.variants.some(({ key }) => key === chosen) ? chosen : draft.variants[0]!.key
  const tried = tries > 0
  const moved = kept !== null && kept.version !== sop.version
  const weights = weightsOf(draft)
  const write = (part: Partial<Draft>) => {
    if (Object.entries(part).some(([key, value]) => now.current[key as keyof Draft] !== value))
      keep({ ...now.current, ...part })
  }
  const writeText = (key: number, text: string) => {
    const { variants } = now.current
    if (variants.some((one) => one.key === key && one.text !== text))
      write({ variants: variants.map((one) => (one.key === key ? { ...one, text } : one)) })
  }
  const add = () => {
    if (draft.variants.length >= mostVariants) return
    const variants = withAnother(draft, draft.base)
    const { key } = variants.at(-1)!
    write({ variants })
    setChosen(key)
    setAdded(key)
  }
  const remove = (key: number) => {
    const place = draft.variants.findIndex((one) => one.key === key)
    const gone = draft.variants[place]!
    const variants = draft.variants.filter((one) => one !== gone)
    write({ variants })
    const next = variants[Math.min(place, variants.length - 1)]!.key
    setChosen(next)
    // The button that was pressed is gone.
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(),
    )
    toast({
      message: t('start.removed', { label: labelOf(place) }),
      undo: () => {
        const { variants } = now.current
        if (variants.length >= mostVariants) return
        // Another may have got its key meanwhile.
        const back = { ...gone, key: Math.max(...variants.map((one) => one.key)) + 1 }
        write({ variants: variants.toSpliced(place, 0, back) })
        setChosen(back.key)
      },
    })
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
  const faulty = draft.variants.findIndex((_, place) => textProblem(draft.variants, place, draft.base))
  const submit = () => {
    setTries(tries + 1)
    if (faulty >= 0) setChosen(draft.variants[faulty]!.key)
    if (
      faulty >= 0 ||
      weights === null ||
      [draft.name, draft.reason].some((value) => value.trim() === '') ||
      start.isPending
    )
      return
    start.mutate({
      input: {
        sopId: sop.id,
        variants: draft.variants.map(({ text }) => text),
        name: draft.name.trim(),
        reason: draft.reason.trim(),
        minimumSample: draft.minimum,
        weights,
        stopOnHarm: draft.stopOnHarm,
        expectedVersion: draft.version,
      },
    })
  }
  // To the first thing that is in the way, once it is shown.
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tries])
  useShortcuts([
    { keys: '$mod+Enter', label: t('start.submit'), run: submit, inFields: true },
    ...(draft.variants.length < mostVariants ? [{ keys: 'a', label: t('start.add'), run: add }] : []),
  ])
  return (
    <Stack ref={form}>
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
      <Variants
        variants={draft.variants}
        base={draft.base}
        shown={shown}
        added={added}
        tried={tried}
        choose={setChosen}
        write={writeText}
        add={add}
        remove={remove}
        onSubmit={submit}
      />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
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
          <Checkbox
            label={t('start.stopOnHarm')}
            description={t('start.stopOnHarmHint')}
            checked={draft.stopOnHarm}
            onChange={(event) => write({ stopOnHarm: event.currentTarget.checked })}
          />
        </Stack>
        <Stack>
          <Shares
            arms={draft}
            write={(shares) =>
              write({
                equal: false,
                variants: draft.variants.map((one, place) => ({ ...one, share: shares[place]! })),
              })
            }
            makeEqual={() => write({ equal: true })}
          />
          <NumberInput
            label={t('start.minimum')}
            description={t('start.minimumHint')}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            value={draft.minimum}
            onChange={(value) => typeof value === 'number' && value >= 1 && write({ minimum: value })}
          />
          <Estimate sopId={sop.id} minimum={draft.minimum} weights={weights} />
        </Stack>
      </SimpleGrid>
      {start.error && (
        <Alert
          color="red"
          role="alert"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('common:state.refused')}
        >
          {start.error.message} {start.error.hint}
        </Alert>
      )}
      <Group gap="xs">
        <Button loading={start.isPending} onClick={submit}>
          {t('start.submit')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('start.effect')}
        </Text>
      </Group>
    </Stack>
  )
}

/** Weights of shares that cannot be: nothing is said until they can. */
function Estimate({ sopId, minimum, weights }: { sopId: number; minimum: number; weights: number[] | null }) {
  const { t } = useTranslation('experiments')
  // As one text: a new array each time would never settle.
  const [settled] = useDebouncedValue(JSON.stringify({ minimum, weights: weights ?? [1, 1] }), 300)
  const asked = JSON.parse(settled) as { minimum: number; weights: number[] }
  const { data } = useData(
    estimateQuery,
    { sopId, minimumSample: asked.minimum, weights: asked.weights },
    { staleTime: 60_000, keepPrevious: true },
  )
  const found = data?.estimateExperiment
  if (!found || weights === null) return null
  const perDay = formatNumber(found.ratedPerDay ?? 0, { maximumSignificantDigits: 2 })
  // The smallest arm is the last to have its sample.
  const smallest = Math.min(...asked.weights)
  const total = Math.ceil((asked.minimum * asked.weights.reduce((all, one) => all + one)) / smallest)
  return (
    <Text size="sm" role="status">
      {t('estimate.needed', { arms: asked.weights.length, total: formatNumber(total) })}{' '}
      {found.days === null
        ? t('estimate.nobody')
        : found.days > 365
          ? t('estimate.long', { perDay })
          : t('estimate.days', { perDay, count: Math.max(1, Math.ceil(found.days)) })}
    </Text>
  )
}
