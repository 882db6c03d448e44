/** Several proposals approved one after the other, each in a transaction of its own, and all taken back at once. */
import { Badge, Button, Group, Modal, Progress, ScrollArea, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../graphql/client.ts'
import type { Decision, Subject } from './decisions.ts'
import { explain } from './decisions.ts'

interface Props {
  subjects: Subject[]
  carryOut: (id: number, decision: Decision) => Promise<ApiError | null>
  /** What was approved, once all is done or it was stopped. */
  onDone: (approved: Subject[]) => void
  onUndo: () => void
  onClose: () => void
}

export function Batch({ subjects, carryOut, onDone, onUndo, onClose }: Props) {
  const { t } = useTranslation('review')
  const { t: common } = useTranslation()
  const [outcomes, setOutcomes] = useState<{ subject: Subject; error: ApiError | null }[]>([])
  const [finished, setFinished] = useState(false)
  const stop = useRef(false)
  const started = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs once, over what was selected when it began
  useEffect(() => {
    if (started.current) return
    started.current = true
    void (async () => {
      const approved: Subject[] = []
      for (const subject of subjects) {
        if (stop.current) break
        const error = await carryOut(subject.id, { kind: 'approve' })
        if (!error) approved.push(subject)
        setOutcomes((all) => [...all, { subject, error: error && explain(error, subject.title, t) }])
      }
      setFinished(true)
      onDone(approved)
    })()
  }, [])

  const close = useRef<HTMLButtonElement>(null)
  // The button that had the focus is gone.
  useEffect(() => {
    if (finished) close.current?.focus()
  }, [finished])

  const approved = outcomes.filter(({ error }) => error === null).length
  const refused = outcomes.length - approved
  return (
    <Modal
      opened
      onClose={finished ? onClose : () => {}}
      withCloseButton={finished}
      title={t('batch.title', { count: subjects.length })}
      size="lg"
      closeButtonProps={{ 'aria-label': common('do.close') }}
    >
      <Stack>
        <Progress
          value={(outcomes.length / subjects.length) * 100}
          aria-label={t('batch.title', { count: subjects.length })}
        />
        <Text size="sm" role="status">
          {t('batch.progress', { done: outcomes.length, total: subjects.length })}
          {finished && ` · ${t('batch.summary', { approved, refused })}`}
          {finished && outcomes.length < subjects.length && ` · ${t('batch.stopped')}`}
        </Text>
        <ScrollArea.Autosize
          mah="50vh"
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('list') }}
        >
          <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {outcomes.map(({ subject, error }) => (
              <Group key={subject.id} component="li" gap="xs" align="flex-start" wrap="nowrap">
                <Badge tt="none" variant="light" color={error ? 'red' : 'teal'} style={{ flex: 'none' }}>
                  {t(error ? 'row.refused' : 'batch.approved')}
                </Badge>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {error ? `${error.message} ${error.hint ?? ''}` : subject.title}
                </Text>
              </Group>
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Group justify="flex-end">
          {finished ? (
            <>
              {approved > 0 && (
                <Button variant="default" onClick={onUndo}>
                  {t('batch.undoAll')}
                </Button>
              )}
              <Button ref={close} onClick={onClose}>
                {common('do.close')}
              </Button>
            </>
          ) : (
            <Button
              variant="default"
              onClick={() => {
                stop.current = true
              }}
            >
              {t('batch.stop')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
