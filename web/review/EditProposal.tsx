/** The text of a proposal, edited before it is approved; where the SOP moved on in the same lines, its conflict resolved. */
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { MarkdownEditor } from '../components/Editor.tsx'
import { SourceDiff } from '../components/TextDiff.tsx'
import type { ApiError } from '../graphql/client.ts'
import { Conflict } from './Conflict.tsx'
import { type Proposal, titleOf } from './documents.ts'
import { conflictsIn, keepDraft, readDraft } from './draft.ts'
import { LeaveGuard } from './LeaveGuard.tsx'
import classes from './review.module.css'
import { TryText } from './TryText.tsx'
import type { Texts } from './texts.ts'

interface Props {
  proposal: Proposal
  texts: Texts
  /** Null where it was done. */
  onApprove: (text: string, version: number | null) => Promise<ApiError | null>
  /** Whether it is being drafted anew. */
  onReanalyse: () => Promise<boolean>
  /** done: it was approved. */
  onClose: (done: boolean) => void
}

export function EditProposal({ proposal, texts, onApprove, onReanalyse, onClose }: Props) {
  const { t } = useTranslation('review')
  const { t: common } = useTranslation()
  const { id } = proposal
  const ofSop = proposal.kind !== 'knowledge_correction'
  // What it began with stays, whatever the server tells meanwhile: nothing typed is ever written over.
  const [begun] = useState(() => ({ text: texts.after, version: texts.version, merge: texts.merge }))
  const [kept] = useState(() => readDraft(id))
  const [text, setText] = useState(kept?.text ?? begun.text)
  const [version, setVersion] = useState(kept ? kept.version : begun.version)
  const [sending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [settled] = useDebouncedValue(text, 300)
  const left = useRef(false)
  const dirty = text !== begun.text
  const isDirty = useRef<() => boolean>(() => false)
  isDirty.current = () => dirty && !left.current

  const markers = Math.ceil(conflictsIn(text) / 2)
  const pending = proposal.status === 'pending'
  const possible = pending && markers === 0 && text.trim() !== ''
  const moved = proposal.sop !== null && version !== null && proposal.sop.version > version
  const change = (next: string) => {
    setText(next)
    keepDraft(id, next === begun.text ? null : { text: next, version })
  }
  const approve = async () => {
    if (!possible || sending) return
    setSending(true)
    setRefusal(null)
    left.current = true
    const error = await onApprove(text, version)
    left.current = false
    setSending(false)
    setRefusal(error)
    if (error) return
    keepDraft(id, null)
    left.current = true
    onClose(true)
  }
  const reanalyse = async () => {
    left.current = true
    const done = await onReanalyse()
    left.current = done
    if (!done) return
    keepDraft(id, null)
    onClose(true)
  }
  const discard = () => {
    keepDraft(id, null)
    left.current = true
    onClose(false)
  }

  useShortcuts([
    { keys: '$mod+Enter', label: t('keys.approveEdited'), run: () => void approve(), inFields: true },
    { keys: 'Escape', label: t('keys.close'), run: () => onClose(false), inFields: true },
  ])

  return (
    <Stack>
      <LeaveGuard isDirty={() => isDirty.current()} />
      <Group className={classes.bar} justify="space-between">
        <div>
          <Title order={2} size="h4" className={classes.anywhere}>
            {titleOf(proposal)}
          </Title>
          <Text size="sm" c="dimmed">
            {t(begun.merge?.conflicts ? 'edit.resolve' : 'edit.title')}
          </Text>
        </div>
        <Group gap="xs">
          <Button variant="subtle" onClick={() => onClose(false)}>
            {common('do.back')}
          </Button>
          {dirty && (
            <Button variant="default" onClick={discard}>
              {t('edit.discard')}
            </Button>
          )}
          {pending && begun.merge?.conflicts && proposal.evidence.totalCount > 0 ? (
            <Button variant="default" onClick={() => void reanalyse()}>
              {t('do.reanalyse')}
            </Button>
          ) : null}
          <Button onClick={() => void approve()} disabled={!possible} loading={sending}>
            {t('edit.approve')}
          </Button>
        </Group>
      </Group>
      <div role="status">
        {kept && text === kept.text && (
          <Text size="sm" c="dimmed">
            {t('edit.kept')}
          </Text>
        )}
        {pending && text.trim() === '' && (
          <Text c="var(--mantine-color-error)">{t(ofSop ? 'edit.empty' : 'edit.emptyAnswer')}</Text>
        )}
        {markers > 0 && <Alert color="orange">{t('edit.markers', { count: markers })}</Alert>}
      </div>
      {!pending && (
        <Alert color="orange" role="alert">
          {t('decided.elsewhere', {
            text: t(`decided.${proposal.status as 'approved' | 'rejected' | 'superseded'}`, {
              name: proposal.approvedBy ?? proposal.rejectedBy ?? proposal.supersededBy,
            }),
          })}
        </Alert>
      )}
      {refusal && pending && (
        <Alert color="red" role="alert" title={t('refused.title')}>
          {refusal.message} {refusal.hint}
        </Alert>
      )}
      {moved && pending && (
        <Alert color="orange" title={t('edit.moved', { current: proposal.sop!.version, begun: version })}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('edit.movedHint')}</Text>
            <Button
              size="xs"
              variant="light"
              color="orange"
              onClick={() => {
                setVersion(proposal.sop!.version)
                keepDraft(id, { text, version: proposal.sop!.version })
                setRefusal(null)
              }}
            >
              {t('edit.holds', { current: proposal.sop!.version })}
            </Button>
          </Stack>
        </Alert>
      )}
      {begun.merge?.conflicts ? <Conflict merge={begun.merge} baseVersion={proposal.baseVersion} /> : null}
      <div className={classes.beside}>
        <MarkdownEditor
          value={text}
          onChange={change}
          label={t(ofSop ? 'edit.label' : 'edit.answer')}
          onSubmit={() => void approve()}
          autoFocus
          minHeight="16rem"
        />
        {pending && markers === 0 && <TryText id={id} text={text} version={version} possible={possible} />}
      </div>
      <Stack gap="xs" component="section">
        <Title order={3} size="h5">
          {proposal.sop
            ? t('edit.diff', { version: proposal.sop.version })
            : t(ofSop ? 'edit.diffNew' : 'edit.diffAnswer')}
        </Title>
        <SourceDiff before={proposal.sop?.content ?? (ofSop ? '' : texts.before)} after={settled} />
      </Stack>
    </Stack>
  )
}
