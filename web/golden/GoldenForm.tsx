/** A golden question: a new one, or one that is changed. */
import { Alert, Button, Group, Radio, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { ExpectedPicker, nothingExpected } from '../components/ExpectedPicker.tsx'
import { Failed } from '../components/QueryState.tsx'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import { type Asked, nameOf, written } from './asked.ts'
import { changedByWriting, removeMutation, saveMutation } from './documents.ts'
import type { GoldenSearch } from './route.ts'

interface Props {
  row: Asked | undefined
  sites: { slug: string; name: string }[]
}

interface Draft extends ReturnType<typeof written> {
  /** As it was when the change began. */
  updatedAt: string | null
  /** Of what is expected. */
  name: string | null
}
const empty: Draft = {
  question: '',
  ...nothingExpected,
  handOver: false,
  site: null,
  note: null,
  updatedAt: null,
  name: null,
}

export default function GoldenForm({ row, sites }: Props) {
  const { t } = useTranslation(['golden', 'common'])
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>(row ? `golden.${row.id}` : 'golden.new')
  const [begun] = useState<Draft>(
    row ? { ...written(row), updatedAt: row.updatedAt, name: nameOf(row) } : empty,
  )
  const draft = kept ?? begun
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const write = (part: Partial<Draft>) => keep({ ...draft, ...part })
  const close = (id = row?.id, ignoreBlocker = false) =>
    void navigate({
      to: '/golden',
      search: (all) => ({ ...all, mode: undefined, question: id }),
      ignoreBlocker,
    })
  const back = useChange(saveMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('undo.done') }),
  })
  const remove = useChange(removeMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('undo.done') }),
  })
  const save = useChange(saveMutation, {
    refreshes: changedByWriting,
    onError: () => true,
    onSuccess: ({ saveGoldenQuestion }) => {
      const result = saveGoldenQuestion?.result
      if (!result) return
      keep(null)
      const undo = () =>
        row
          ? back.mutate({
              input: {
                ...written(row),
                id: row.id,
                expectedUpdatedAt: result.updatedAt,
                reason: t('undo.reason'),
              },
            })
          : remove.mutate({ input: { id: result.id, reason: t('undo.reason') } })
      toast({ message: t(row ? 'form.changed' : 'form.added'), undo })
      close(result.id, true)
    },
  })
  const { updatedAt, name: _, ...words } = draft
  const { question, handOver } = words
  const expects = handOver || draft.expectedSopId !== null || draft.expectedCategory !== null
  const missing = {
    question: question.trim() === '',
    expected: !expects,
    reason: row !== undefined && reason.trim() === '',
  }
  const submit = () => {
    setTried(true)
    if (missing.question || missing.expected || missing.reason || save.isPending) return
    save.mutate({
      input: {
        ...words,
        ...(handOver && nothingExpected),
        id: row?.id ?? null,
        expectedUpdatedAt: updatedAt,
        reason: reason.trim() || null,
      },
    })
  }
  useShortcuts([{ keys: '$mod+Enter', label: t('common:do.save'), run: submit, inFields: true }])
  const changed = kept !== null && JSON.stringify(kept) !== JSON.stringify(begun)
  const conflict = save.error?.code === 'CO120'
  return (
    <Stack
      maw="44rem"
      component="section"
      aria-label={t(row ? 'form.edit' : 'form.new')}
      // Before a select takes Enter for itself.
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation()
        submit()
      }}
    >
      <Title order={2} size="h4">
        {t(row ? 'form.edit' : 'form.new')}
      </Title>
      <LeaveGuard
        when={changed}
        stays={({ pathname, search: to }) =>
          pathname === '/golden' && (to as GoldenSearch).mode !== undefined
        }
        onDiscard={() => keep(null)}
      />
      <Textarea
        label={t('form.question')}
        description={t('form.questionHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoFocus
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        value={question}
        error={tried && missing.question && t('form.questionNeeded')}
        onChange={(event) => write({ question: event.currentTarget.value })}
      />
      <Radio.Group
        label={t('form.expected')}
        value={handOver ? 'person' : 'source'}
        onChange={(value) => write({ handOver: value === 'person' })}
      >
        <Stack gap={6} mt={4}>
          <Radio value="source" label={t('form.source')} />
          <Radio value="person" label={t('form.person')} />
        </Stack>
      </Radio.Group>
      {!handOver && (
        <div>
          <ExpectedPicker
            label={t('form.pick')}
            placeholder={t('form.pickHint')}
            nothingFound={t('form.pickNone')}
            suggest={question}
            initial={optionOf(draft)}
            onChange={(expected, label) => write({ ...expected, name: label })}
          />
          {tried && missing.expected && (
            <Text size="xs" c="var(--mantine-color-error)" role="alert" mt={4}>
              {t('form.expectedNeeded')}
            </Text>
          )}
        </div>
      )}
      <Select
        label={t('form.site')}
        data={sites.map(({ slug, name }) => ({ value: slug, label: name }))}
        placeholder={t('form.anySite')}
        clearable
        value={draft.site}
        onChange={(site) => write({ site })}
      />
      <TextInput
        label={t('form.note')}
        maxLength={2000}
        value={draft.note ?? ''}
        onChange={(event) => write({ note: event.currentTarget.value || null })}
      />
      <TextInput
        label={t(row ? 'form.reason' : 'form.reasonNew')}
        maxLength={4000}
        value={reason}
        error={tried && missing.reason && t('common:reason.needed')}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {conflict ? (
        <Alert color="orange" role="alert" icon={<IconAlertTriangle />} title={t('form.conflict')}>
          {t('form.conflictHint')}
        </Alert>
      ) : (
        save.error && <Failed error={save.error} />
      )}
      <Group gap="xs">
        <Button loading={save.isPending} onClick={submit}>
          {t('common:do.save')}
        </Button>
        <Button variant="subtle" onClick={() => close()}>
          {t('common:do.cancel')}
        </Button>
      </Group>
    </Stack>
  )
}

/** As the picker names what is expected; undefined where nothing is yet. */
function optionOf({ expectedSopId, expectedCategory, expectedTopic, name }: Draft) {
  if (expectedSopId !== null) return { value: `sop:${expectedSopId}`, label: name ?? `${expectedSopId}` }
  if (expectedCategory === null) return undefined
  return {
    value: `knowledge:${JSON.stringify([expectedCategory, expectedTopic])}`,
    label: name ?? `${expectedTopic}`,
  }
}
