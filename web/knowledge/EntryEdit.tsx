/** Changing an entry: write, look at the difference, say why, save; not over what somebody else saved. */
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Conflict } from '../components/Conflict.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { SaveForm } from '../components/SaveForm.tsx'
import { Time } from '../components/Time.tsx'
import type { Entry } from './documents.ts'
import { EntryFields } from './EntryFields.tsx'
import { asText, same, type Written, written } from './entry.ts'
import type { KnowledgeSearch } from './route.ts'
import { useEntryChanges } from './useEntryChanges.ts'

interface Draft {
  base: Written
  now: Written
}

export default function EntryEdit({ entry }: { entry: Entry }) {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>(`knowledge.${entry.id}`)
  const [checking, setChecking] = useState(false)
  const [tried, setTried] = useState(false)
  const change = useEntryChanges(entry)
  const current = written(entry)
  const { base, now } = kept ?? { base: current, now: current }
  const dirty = !same(base, now)
  // A rating changes its row too; only another text is a conflict. The one after one's own saving is none.
  const conflict = dirty && !same(base, current) && !change.isPending && !change.isSuccess

  const leave = () =>
    void navigate({
      to: '/knowledge',
      search: (all) => ({ ...all, mode: undefined }),
      ignoreBlocker: true,
    })
  const write = (part: Partial<Written>) => {
    const next = { ...now, ...part }
    keep(same(base, next) ? null : { base, now: next })
  }
  const check = () => {
    setTried(true)
    if (dirty && now.question.trim() !== '' && now.answer.trim() !== '') setChecking(true)
  }
  const save = (reason: string) =>
    change.mutate(
      { kind: 'edit', to: now, expectedUpdatedAt: entry.updatedAt, reason },
      {
        onSuccess: () => {
          keep(null)
          leave()
        },
      },
    )

  return (
    <Stack>
      <Title order={2} size="h4">
        {t('edit.title')}
      </Title>
      <LeaveGuard
        when={dirty}
        stays={({ pathname, search }) => {
          const to = search as KnowledgeSearch
          return pathname === '/knowledge' && to.entry === entry.id && to.mode === 'edit'
        }}
        onDiscard={() => keep(null)}
      />
      {conflict ? (
        <Conflict
          title={t('edit.conflict')}
          by={<Time at={entry.updatedAt} />}
          base={asText(base)}
          theirs={asText(current)}
          mine={asText(now)}
          onTakeOver={() => {
            keep(same(current, now) ? null : { base: current, now })
            setChecking(false)
          }}
          onDiscard={() => {
            keep(null)
            leave()
          }}
        />
      ) : checking && dirty ? (
        <SaveForm
          before={asText(base)}
          after={asText(now)}
          saving={change.isPending}
          onBack={() => setChecking(false)}
          onSave={save}
        />
      ) : (
        <>
          <EntryFields value={now} onChange={write} onSubmit={check} autoFocus tried={tried} />
          <Text size="sm" c="dimmed" role="status">
            {dirty ? t('edit.kept') : t('edit.trust')}
          </Text>
          <Group gap="xs">
            <Button disabled={!dirty} onClick={check}>
              {t('edit.check')}
            </Button>
            <Button variant="subtle" onClick={leave}>
              {common('do.cancel')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  )
}
