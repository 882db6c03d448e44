/** The review queue: what waits is read, tried, and decided with one key. */
import { Box, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Page } from '../components/Page.tsx'
import { askReason } from '../components/reason.ts'
import type { View } from './Change.tsx'
import { type Subject, useDecisions } from './decisions.ts'
import { type Filters, isEditable, type Proposal, titleOf, togetherOf } from './documents.ts'
import { useDryRun } from './dry_run.ts'
import { useReviewKeys } from './keys.ts'
import { mergeOptions, proposalOptions } from './options.ts'
import { QueueList } from './QueueList.tsx'
import { usePrefetch, useQueue } from './queue.ts'
import { Reading } from './Reading.tsx'
import classes from './review.module.css'
import type { ReviewSearch } from './route.ts'
import { useSelection } from './selection.ts'
import { isOutdated } from './texts.ts'

export const route = createLazyRoute('/staff/review')({ component: ReviewPage })

const prefetched = 6
const Batch = lazy(() => import('./Batch.tsx').then(({ Batch }) => ({ default: Batch })))

function ReviewPage() {
  const { t } = useTranslation('review')
  const { can } = useSession()
  const client = useQueryClient()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const router = useRouter()
  const wide = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const { status = 'pending', kind, category } = search
  const filters = useMemo<Filters>(() => ({ status, kind, category }), [status, kind, category])
  const editing = search.edit === true
  const reading = wide || search.id !== undefined
  const [view, setView] = useState<View>('source')
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set())
  const [batch, setBatch] = useState<Subject[] | null>(null)

  const go = useCallback(
    (changed: Partial<ReviewSearch>, replace = false) =>
      void navigate({
        search: (old: ReviewSearch) => ({ ...old, edit: undefined, ...changed }),
        replace,
        resetScroll: false,
      }),
    [navigate],
  )
  const selection = useSelection(search.id, reading && !editing, (id) => {
    // Never against somebody who is on the way to another page.
    if (router.latestLocation.pathname === '/review') go({ id }, true)
  })
  const { current, choose } = selection

  const queue = useQueue(filters)
  /** After an approval we went on by ourselves to this one; undefined once the person chose. */
  const wentOn = useRef<{ from: number; to: number | undefined } | undefined>(undefined)
  const onConflict = useCallback(
    (id: number) => {
      const read = client.getQueryData(proposalOptions(id).queryKey) as
        | { improvementQueue: Proposal | null }
        | undefined
      // An entry that was changed is nothing to merge: what was refused is read.
      const edit = read?.improvementQueue?.kind.startsWith('sop_') ? true : undefined
      // Never under the hands of somebody who is at the next one already.
      if (wentOn.current?.from !== id || wentOn.current.to !== current.current) return
      // The address may name it still, where the refusal came before it was written that we went on.
      choose(id)
      go({ id, edit })
    },
    [choose, client, current, go],
  )
  const { leaving, refusals, decide, approveAll, undoAll, undo } = useDecisions({
    patch: queue.patch,
    reread: queue.reread,
    onConflict,
  })
  const rows = useMemo(() => queue.rows.filter((row) => !leaving.has(row.id)), [queue.rows, leaving])
  const at = rows.findIndex((row) => row.id === selection.id)
  const latest = useRef({ rows, at: 0 })
  latest.current = { rows, at: at >= 0 ? at : Math.min(latest.current.at, rows.length) }
  const first = rows[0]?.id

  // Another list begins at its top, unless the address names one in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address that changes its id alone is the selection's affair
  useEffect(() => {
    if (search.id === undefined) choose(undefined)
  }, [filters, choose])
  useEffect(() => {
    if (!wide || selection.id !== undefined || first === undefined) return
    // Approved before the list was there: where we go now is where we went on to.
    if (wentOn.current && wentOn.current.to === undefined) wentOn.current.to = first
    choose(first)
  }, [wide, selection.id, first, choose])
  usePrefetch(
    useMemo(() => rows.slice(Math.max(0, at), Math.max(0, at) + prefetched).map((row) => row.id), [rows, at]),
  )

  const select = useCallback(
    (id: number | undefined) => {
      wentOn.current = undefined
      // Then the one who writes is asked first.
      if (editing) go({ id })
      else choose(id)
    },
    [choose, editing, go],
  )
  const open = useCallback(
    (id: number) => {
      wentOn.current = undefined
      if (!editing) choose(id)
      go({ id })
    },
    [choose, editing, go],
  )
  const step = (by: 1 | -1) => {
    const { rows, at } = latest.current
    const here = rows.findIndex((row) => row.id === current.current)
    // What was decided by somebody else has left its place to the next.
    const to = here >= 0 ? here + by : by === 1 ? at : at - 1
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))]
    if (row) select(row.id)
  }
  const goOn = (from: number) => {
    const { rows } = latest.current
    const index = rows.findIndex((row) => row.id === from)
    // What was edited has left the list before we go on from its place.
    const next = index >= 0 ? rows[index + 1] : rows[latest.current.at]
    const to = (next ?? rows[(index >= 0 ? index : latest.current.at) - 1])?.id
    if (index >= 0) latest.current.at = index
    choose(to)
    if (to === undefined || editing) go({ id: to }, true)
    wentOn.current = { from, to }
  }

  /** The chosen proposal as far as it can be read: nobody approves what is not there yet. */
  const chosen = (): Proposal | null => {
    const id = current.current
    if (id === undefined || !reading) return null
    const found = client.getQueryData(proposalOptions(id).queryKey) as
      | { improvementQueue: Proposal | null }
      | undefined
    return leaving.has(id) ? null : (found?.improvementQueue ?? null)
  }
  const edit = () => {
    const proposal = chosen()
    if (proposal?.status === 'pending' && isEditable(proposal)) go({ id: proposal.id, edit: true })
  }
  /** Whether its SOP has changed in the same lines, as far as that is known. */
  const conflicts = (proposal: Proposal): boolean => {
    const merge = client.getQueryData(mergeOptions(proposal.id).queryKey) as
      | { improvementMerge: { conflicts: number | null } | null }
      | undefined
    return isOutdated(proposal) && (merge?.improvementMerge?.conflicts ?? 0) > 0
  }
  const approve = () => {
    const proposal = chosen()
    if (proposal?.status !== 'pending') return
    if (conflicts(proposal)) return edit()
    goOn(proposal.id)
    void decide({ id: proposal.id, title: titleOf(proposal) }, { kind: 'approve' })
  }
  const approveEdited = async (proposal: Proposal, text: string, version: number | null) => {
    const error = await decide(
      { id: proposal.id, title: titleOf(proposal) },
      { kind: 'approve', text, version },
    )
    return error
  }
  const why = async (what: 'reject' | 'undo' | 'reopen', needed: string) => {
    const proposal = chosen()
    if (proposal?.status !== needed) return
    const subject = { id: proposal.id, title: titleOf(proposal) }
    const text = what === 'reject' ? 'reject' : (`${what}Ask` as const)
    const together = what === 'undo' ? togetherOf(proposal) : []
    const reason = await askReason({
      title: t(`${text}.title`, { title: subject.title }),
      text: together.length > 0 ? t('undoAsk.together', { count: together.length - 1 }) : t(`${text}.text`),
      action: t(`do.${what}`),
      danger: what === 'reject',
      ...(what === 'reject' && {
        suggestions: Object.values(t('reject.suggestions', { returnObjects: true })),
      }),
    })
    if (reason === null) return
    goOn(subject.id)
    if (together.length > 0) void undoAll(together, reason)
    else void decide(subject, { kind: what, reason })
  }
  /** Whether it is being drafted anew. */
  const reanalyse = async (proposal: Proposal) => {
    const subject = { id: proposal.id, title: titleOf(proposal) }
    const reason = await askReason({
      title: t('reanalyseAsk.title', { title: subject.title }),
      text: t('reanalyseAsk.text'),
      action: t('do.reanalyse'),
      suggestions: Object.values(t('reanalyseAsk.suggestions', { returnObjects: true })),
    })
    return reason !== null && (await decide(subject, { kind: 'reanalyse', reason })) === null
  }
  const reanalyseChosen = async () => {
    const proposal = chosen()
    if (!proposal || !conflicts(proposal) || proposal.evidence.totalCount === 0) return
    if (await reanalyse(proposal)) goOn(proposal.id)
  }

  const dryRun = useDryRun(selection.id)
  const mark = useCallback(
    (id: number) =>
      setMarked((all) => {
        const next = new Set(all)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    [],
  )
  const unmark = () => setMarked(new Set())
  const approveMarked = () => {
    const subjects = queue.rows
      .filter((row) => marked.has(row.id))
      .map((row) => ({ id: row.id, title: titleOf(row) }))
    if (subjects.length > 0) setBatch(subjects)
  }
  const decides = can('reviewer')
  const marks = decides && status === 'pending'

  useReviewKeys({
    editing,
    decides,
    tries: can('agent'),
    next: () => step(1),
    previous: () => step(-1),
    approve,
    edit,
    reject: () => void why('reject', 'pending'),
    reanalyse: () => void reanalyseChosen(),
    undo,
    mark: () => current.current !== undefined && marks && mark(current.current),
    approveMarked,
    toggleView: () => setView((old) => (old === 'source' ? 'rendered' : 'source')),
    dryRun: () => chosen()?.status === 'pending' && dryRun.run(),
    open: () => current.current !== undefined && open(current.current),
  })

  return (
    <Page title={t('title')} quietTitle>
      <div className={classes.panes}>
        {(wide || !reading) && (
          <QueueList
            queue={queue}
            rows={rows}
            filters={filters}
            onFilter={(changed) => {
              unmark()
              go({ ...changed, ...(changed.status === 'pending' && { status: undefined }), id: undefined })
            }}
            selected={selection.id}
            onSelect={select}
            onOpen={open}
            marked={marked}
            onMark={marks ? mark : undefined}
            onUnmark={unmark}
            onApproveMarked={approveMarked}
            refusals={refusals}
          />
        )}
        {reading && (
          <Box miw={0}>
            {!wide && !editing && (
              <Button
                size="xs"
                variant="subtle"
                leftSection={<IconArrowLeft size={16} aria-hidden />}
                onClick={() => go({ id: undefined })}
              >
                {t('do.back')}
              </Button>
            )}
            <Reading
              id={wide ? selection.id : (selection.id ?? search.id)}
              editing={editing}
              view={view}
              onView={setView}
              dryRun={dryRun}
              refusals={refusals}
              onApproveEdited={approveEdited}
              onReanalyse={reanalyse}
              onCloseEdit={(done) => (done ? goOn(current.current!) : go({}))}
              actions={{
                approve,
                edit,
                reject: () => void why('reject', 'pending'),
                undo: () => void why('undo', 'approved'),
                reopen: () => void why('reopen', 'rejected'),
                reanalyse: () => void reanalyseChosen(),
              }}
            />
          </Box>
        )}
      </div>
      <Suspense fallback={null}>
        {batch && (
          <Batch
            subjects={batch}
            onApprove={async (subjects, options) => {
              const error = await approveAll(subjects, options)
              if (!error) unmark()
              return error
            }}
            onOpen={(id) => {
              setBatch(null)
              open(id)
            }}
            onClose={() => setBatch(null)}
          />
        )}
      </Suspense>
    </Page>
  )
}
