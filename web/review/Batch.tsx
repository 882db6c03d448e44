/** Several proposals approved at once: what they come to, how many versions they make, and which of them do not fit. */
import {
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  Paper,
  Radio,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QueryState } from '../components/QueryState.tsx'
import { SourceDiff } from '../components/TextDiff.tsx'
import type { ApiError } from '../graphql/client.ts'
import { queryOptions } from '../graphql/hooks.ts'
import type { BatchOptions, Subject } from './decisions.ts'
import { type BatchConflict, type MergedTarget, mergedQuery, titleOf } from './documents.ts'
import classes from './review.module.css'

interface Props {
  subjects: Subject[]
  /** Null where all of them were approved, else why none was. */
  onApprove: (subjects: Subject[], options: BatchOptions) => Promise<ApiError | null>
  onOpen: (id: number) => void
  onClose: () => void
}

export function Batch({ subjects, onApprove, onOpen, onClose }: Props) {
  const { t } = useTranslation('review')
  const { t: common } = useTranslation()
  const small = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const [leftOut, setLeftOut] = useState<ReadonlySet<number>>(new Set())
  const [together, setTogether] = useState(false)
  const [reason, setReason] = useState('')
  const [sending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const chosen = subjects.filter(({ id }) => !leftOut.has(id))
  const ids = chosen.map(({ id }) => id).sort((a, b) => a - b)
  const query = useQuery({
    ...queryOptions(mergedQuery, { ids }),
    enabled: ids.length > 0,
    staleTime: 0,
    gcTime: 0,
    placeholderData: (old) => old,
  })
  const targets = ids.length === 0 ? [] : ((query.data?.mergedImprovements?.nodes ?? []) as MergedTarget[])
  // Somebody else may have decided one meanwhile.
  const waiting = new Set(targets.flatMap((target) => (target.improvementIds ?? []) as number[]))
  const approved = chosen.filter(({ id }) => waiting.has(id))
  const gone = query.data && !query.isPlaceholderData ? chosen.length - approved.length : 0
  const conflicts = targets.flatMap((target) => conflictsOf(target))
  const joint = targets.some((target) => target.sopId !== null && (target.improvementIds ?? []).length > 1)
  const ready = !query.isFetching && !query.error && conflicts.length === 0 && approved.length > 0
  const nameOf = (id: number) => `#${id}`

  const approve = async () => {
    if (!ready || sending) return
    setSending(true)
    setRefusal(null)
    const error = await onApprove(approved, { together: together && joint, reason: reason.trim() || null })
    setSending(false)
    setRefusal(error)
    if (error) void query.refetch()
    else onClose()
  }
  const go = useRef<HTMLButtonElement>(null)
  const arrived = query.data !== undefined
  // One more press of Enter approves, once it is known what.
  useEffect(() => {
    if (arrived) go.current?.focus()
  }, [arrived])

  return (
    <Modal
      opened
      onClose={sending ? () => {} : onClose}
      title={t('batch.title', { count: chosen.length })}
      size="60rem"
      fullScreen={small === true}
      closeButtonProps={{ 'aria-label': common('do.close') }}
    >
      <Stack
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void approve()
        }}
      >
        {joint && (
          <Radio.Group
            label={t('batch.versions')}
            value={together ? 'together' : 'each'}
            onChange={(value) => setTogether(value === 'together')}
          >
            <Stack gap={6} mt={4}>
              <Radio value="each" label={t('batch.each')} description={t('batch.eachHint')} />
              <Radio value="together" label={t('batch.together')} description={t('batch.togetherHint')} />
            </Stack>
          </Radio.Group>
        )}
        <div role="status">
          {gone > 0 && (
            <Text size="sm" c="dimmed">
              {t('batch.gone', { count: gone })}
            </Text>
          )}
          {ids.length === 0 && <Text size="sm">{t('batch.nothing')}</Text>}
        </div>
        {refusal && (
          <Alert color="red" role="alert" title={t('refused.title')}>
            {refusal.message} {refusal.hint}
          </Alert>
        )}
        {conflicts.length > 0 && (
          <Stack gap="xs" role="alert">
            {conflicts.map(({ target, conflict }) => (
              <ConflictOfTwo
                key={conflict.improvement_id}
                target={target}
                conflict={conflict}
                nameOf={nameOf}
                onLeaveOut={(id) => setLeftOut((all) => new Set(all).add(id))}
                onOpen={onOpen}
              />
            ))}
          </Stack>
        )}
        {ids.length > 0 && (
          <QueryState query={{ ...query, error: query.error as ApiError | null }}>
            {() => (
              <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
                {targets.map((target) => (
                  <li key={`${target.category}/${target.topic}/${target.sopId}`}>
                    <Target target={target} nameOf={nameOf} open={targets.length <= 2} />
                  </li>
                ))}
              </Stack>
            )}
          </QueryState>
        )}
        <TextInput
          label={t('batch.why')}
          description={t('batch.whyHint')}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={4000}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={sending}>
            {common('do.cancel')}
          </Button>
          {/* Not disabled while the texts come: it has the focus. */}
          <Button
            ref={go}
            onClick={() => void approve()}
            loading={sending}
            data-disabled={!ready || undefined}
            aria-disabled={!ready}
          >
            {t('batch.approve', { count: approved.length })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const conflictsOf = (target: MergedTarget) =>
  ((target.conflicts ?? []) as unknown as BatchConflict[]).map((conflict) => ({ target, conflict }))

interface Named {
  target: MergedTarget
  nameOf: (id: number) => string
}

/** One SOP or topic: what stands there now against what all of these make of it. */
function Target({ target, nameOf, open: begun }: Named & { open: boolean }) {
  const { t } = useTranslation('review')
  const [open, setOpen] = useState(begun)
  const ids = (target.improvementIds ?? []) as number[]
  const hasText = target.current !== null
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Group gap="xs" miw={0}>
          <Title order={3} size="h6" className={classes.anywhere}>
            {titleOf(target)}
          </Title>
          <Badge tt="none" variant="light" color="gray">
            {t('batch.proposals', { count: ids.length })}
          </Badge>
          <Text size="xs" c="dimmed">
            {ids.map(nameOf).join(', ')}
            {target.currentVersion !== null
              ? ` · ${t('meta.current', { version: target.currentVersion })}`
              : ` · ${t(hasText ? 'kind.sop_new' : 'kind.knowledge_entry')}`}
          </Text>
        </Group>
        {hasText && (
          <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? 'batch.hide' : 'batch.show')}
          </Button>
        )}
      </Group>
      {hasText && open && (
        <div className={classes.preview}>
          <SourceDiff before={target.current ?? ''} after={target.merged ?? target.current ?? ''} />
        </div>
      )}
    </Paper>
  )
}

function ConflictOfTwo({
  target,
  conflict,
  nameOf,
  onLeaveOut,
  onOpen,
}: Named & { conflict: BatchConflict; onLeaveOut: (id: number) => void; onOpen: (id: number) => void }) {
  const { t, i18n } = useTranslation('review')
  const one = conflict.improvement_id
  const others = new Intl.ListFormat(i18n.language).format(conflict.with.map(nameOf))
  const what = conflict.current
    ? target.sopId === null
      ? 'batch.conflictName'
      : 'batch.conflictCurrent'
    : target.current === null
      ? 'batch.conflictEntries'
      : target.sopId === null
        ? 'batch.conflictNew'
        : 'batch.conflict'
  return (
    <Alert color="red" p="xs" title={titleOf(target)}>
      <Text size="sm">{t(what, { one: nameOf(one), others })}</Text>
      <Group gap={6} mt={6}>
        {[one, ...conflict.with].map((id) => (
          <Button key={id} size="compact-xs" color="red" variant="light" onClick={() => onLeaveOut(id)}>
            {t('batch.leaveOut', { name: nameOf(id) })}
          </Button>
        ))}
        <Button size="compact-xs" variant="default" onClick={() => onOpen(one)}>
          {t('batch.open', { name: nameOf(one) })}
        </Button>
      </Group>
    </Alert>
  )
}
