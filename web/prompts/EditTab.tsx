/** Changing a prompt: write, try it on past questions, look at the difference, say why, save; over no other's version. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatNumber } from '../app/time.ts'
import { Conflict } from '../components/Conflict.tsx'
import { LeaveGuard } from '../components/draft.tsx'
import { LazyCodeEditor } from '../components/Editor.tsx'
import { SaveForm } from '../components/SaveForm.tsx'
import { Time } from '../components/Time.tsx'
import type { Prompt } from './documents.ts'
import { usePromptDraft } from './draft.ts'
import classes from './prompts.module.css'
import { usePromptChanges } from './usePromptChanges.ts'

/** What the server takes at most: a prompt is paid for with every question. */
const most = 20_000

export default function EditTab({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation('prompts')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const { draft, dirty, keep } = usePromptDraft(prompt)
  const [checking, setChecking] = useState(false)
  const change = usePromptChanges(prompt)
  // The version after one's own saving is no conflict.
  const conflict = dirty && draft.version !== prompt.version && !change.isPending && !change.isSuccess
  const [last] = prompt.promptVersions.nodes
  const wrong = draft.text.trim() === '' ? t('edit.empty') : draft.text.length > most ? t('edit.long') : null
  const ready = dirty && wrong === null

  const go = (tab?: 'preview') =>
    void navigate({
      to: '/admin/prompts/$name',
      params: { name: prompt.name },
      search: { tab },
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
          go()
        },
      },
    )
  useShortcuts([
    { keys: '$mod+Enter', label: t('edit.check'), run: () => ready && setChecking(true), inFields: true },
  ])

  return (
    <Stack>
      <LeaveGuard
        when={dirty}
        stays={({ pathname, search }) =>
          pathname === `/admin/prompts/${prompt.name}` &&
          ['edit', 'preview'].includes((search as { tab?: string }).tab ?? '')
        }
        onDiscard={() => keep(null)}
      />
      {conflict ? (
        <Conflict
          title={t('edit.conflict', { name: last?.changedBy, version: prompt.version })}
          by={
            last && (
              <>
                <Time at={last.createdAt} />: {last.changeReason}
              </>
            )
          }
          base={draft.base}
          theirs={prompt.content}
          mine={draft.text}
          onTakeOver={() => {
            keep({ version: prompt.version, base: prompt.content, text: draft.text })
            setChecking(false)
          }}
          onDiscard={() => {
            keep(null)
            go()
          }}
        />
      ) : checking && ready ? (
        <SaveForm
          before={draft.base}
          after={draft.text}
          saving={change.isPending}
          onBack={() => setChecking(false)}
          onSave={save}
        />
      ) : (
        <>
          <LazyCodeEditor
            value={draft.text}
            onChange={write}
            label={t('edit.label')}
            autoFocus
            onSubmit={() => ready && setChecking(true)}
          />
          {wrong && (
            <Alert color="red" p="xs" role="alert">
              {wrong}
            </Alert>
          )}
          <Group justify="space-between" className={classes.bar}>
            <Text size="sm" c="dimmed" role="status">
              {dirty
                ? t('edit.kept', { version: draft.version, length: formatNumber(draft.text.length) })
                : t('edit.unchanged')}
            </Text>
            <Group gap="xs">
              <Button
                variant="default"
                disabled={!ready}
                leftSection={<IconFlask size={16} aria-hidden />}
                onClick={() => go('preview')}
              >
                {t('edit.try')}
              </Button>
              <Button variant="subtle" onClick={() => go()}>
                {common('do.cancel')}
              </Button>
              <Button disabled={!ready} onClick={() => setChecking(true)}>
                {t('edit.check')}
              </Button>
            </Group>
          </Group>
        </>
      )}
    </Stack>
  )
}
