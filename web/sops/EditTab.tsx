/** Changing an SOP: write, look at the difference, say why, save; over the version one began with and no other. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { Conflict } from '../components/Conflict.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { MarkdownEditor } from '../components/Editor.tsx'
import { SaveForm } from '../components/SaveForm.tsx'
import { Time } from '../components/Time.tsx'
import type { Sop } from './documents.ts'
import classes from './tabs.module.css'
import { useSopChanges } from './useSopChanges.ts'

/** The version that was edited, with its text, and what became of it. */
interface Draft {
  version: number
  base: string
  text: string
}

export default function EditTab({ sop }: { sop: Sop }) {
  const { t } = useTranslation('sops')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>(`sop.${sop.id}`)
  // As long as nothing is written, the newest text is what one edits.
  const draft = kept ?? { version: sop.version, base: sop.content, text: sop.content }
  const dirty = draft.text !== draft.base
  const [checking, setChecking] = useState(false)
  const change = useSopChanges(sop)
  // The version after one's own saving is no conflict.
  const conflict = dirty && draft.version !== sop.version && !change.isPending && !change.isSuccess
  const [last] = sop.sopVersions.nodes

  const leave = () =>
    void navigate({
      to: '/sops/$id',
      params: { id: String(sop.id) },
      search: ({ q, archived }) => ({ q, archived }),
      ignoreBlocker: true,
    })
  const write = (text: string) => {
    if (text === draft.base) keep(null)
    else if (text !== draft.text) keep({ ...draft, text })
  }
  const save = (reason: string) =>
    change.mutate(
      { kind: 'save', content: draft.text, expectedVersion: draft.version, reason },
      {
        onSuccess: () => {
          keep(null)
          leave()
        },
      },
    )
  useShortcuts([
    { keys: '$mod+Enter', label: t('edit.check'), run: () => dirty && setChecking(true), inFields: true },
  ])

  return (
    <Stack>
      <LeaveGuard
        when={dirty}
        stays={({ pathname, search }) =>
          pathname === `/sops/${sop.id}` && (search as { tab?: string }).tab === 'edit'
        }
        onDiscard={() => keep(null)}
      />
      {conflict ? (
        <Conflict
          title={t('edit.conflict', { name: last?.changedBy, version: sop.version })}
          by={
            last && (
              <>
                <Time at={last.createdAt} />: {last.changeReason}
              </>
            )
          }
          base={draft.base}
          theirs={sop.content}
          mine={draft.text}
          onTakeOver={() => {
            keep({ version: sop.version, base: sop.content, text: draft.text })
            setChecking(false)
          }}
          onDiscard={() => {
            keep(null)
            leave()
          }}
        />
      ) : checking && dirty ? (
        <SaveForm
          before={draft.base}
          after={draft.text}
          saving={change.isPending}
          onBack={() => setChecking(false)}
          onSave={save}
        />
      ) : (
        <>
          <MarkdownEditor
            value={draft.text}
            onChange={write}
            label={t('edit.label')}
            autoFocus
            onSubmit={() => dirty && setChecking(true)}
          />
          <Group justify="space-between" className={classes.bar}>
            <Text size="sm" c="dimmed" role="status">
              {dirty ? t('edit.kept', { version: draft.version }) : t('edit.unchanged')}
            </Text>
            <Group gap="xs">
              <Button variant="subtle" onClick={leave}>
                {common('do.cancel')}
              </Button>
              <Button disabled={!dirty} onClick={() => setChecking(true)}>
                {t('edit.check')}
              </Button>
            </Group>
          </Group>
        </>
      )}
    </Stack>
  )
}
