/** A new SOP: where it belongs, its name, its text. */
import {
  Alert,
  Anchor,
  Autocomplete,
  Button,
  Group,
  SimpleGrid,
  Stack,
  TextInput,
  Title,
} from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { CategoryNote, withSpecial } from '../components/CategoryNote.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { MarkdownEditor } from '../components/Editor.tsx'
import { Failed } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { toast } from '../components/toast.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { archiveMutation, categoriesQuery, changedBySaving, nameQuery, saveMutation } from './documents.ts'
import { shortName } from './names.ts'

export const route = createLazyRoute('/staff/sops/new')({ component: NewSopPage })

interface Draft {
  category: string
  section: string
  text: string
  reason: string
}

function NewSopPage() {
  const { t } = useTranslation('sops')
  const { t: common } = useTranslation()
  const { can } = useSession()
  const { category = '' } = route.useSearch()
  const navigate = useNavigate()
  const [kept, keep] = useDraft<Draft>('sop.new')
  const draft = kept ?? { category, section: '', text: '', reason: '' }
  const [tried, setTried] = useState(false)
  const { data } = useData(categoriesQuery, {})
  const known = rowsOf(data?.sopCategories).flatMap((one) => one.category ?? [])
  const write = (part: Partial<Draft>) => keep({ ...draft, ...part })
  const place = { category: shortName(draft.category), section: shortName(draft.section) }

  const archive = useChange(archiveMutation, {
    refreshes: changedBySaving,
    onSuccess: () => toast({ message: t('new.undone') }),
  })
  const save = useChange(saveMutation, {
    refreshes: changedBySaving,
    onError: () => true,
    onSuccess: ({ saveSop }) => {
      const id = saveSop?.result?.id
      if (id === undefined) return
      keep(null)
      toast({
        message: t('new.done'),
        undo: () => archive.mutate({ input: { sopId: id, reason: t('undo.reason', { version: 1 }) } }),
      })
      void navigate({
        to: '/sops/$id',
        params: { id: String(id) },
        search: ({ q, archived }) => ({ q, archived }),
        ignoreBlocker: true,
      })
    },
  })
  const taken = save.error?.code === 'CO101'
  const existing = useData(nameQuery, place, { enabled: taken })
  const missing = (value: string) => tried && value.trim() === '' && t('new.needed')
  const complete = place.category !== '' && place.section !== '' && draft.text.trim() !== ''
  const submit = () => {
    setTried(true)
    if (!complete || save.isPending) return
    // 0: it must not exist yet.
    save.mutate({
      input: { ...place, content: draft.text, reason: draft.reason.trim() || null, expectedVersion: 0 },
    })
  }
  const back = () => void navigate({ to: '/sops', search: ({ q, archived }) => ({ q, archived }) })

  return (
    <Stack>
      <title>{`${t('new.title')} · ${t('title')} · ClubOS`}</title>
      <Title order={1} size="h3">
        {t('new.title')}
      </Title>
      <LeaveGuard
        when={draft.text.trim() !== '' || draft.section.trim() !== ''}
        stays={({ pathname }) => pathname === '/sops/new'}
        onDiscard={() => keep(null)}
      />
      {!can('reviewer') && <Alert icon={<IconAlertTriangle />}>{common('state.forbidden')}</Alert>}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Autocomplete
          label={t('new.category')}
          description={t('new.categoryHint')}
          data={withSpecial(known)}
          value={draft.category}
          maxLength={100}
          error={missing(draft.category)}
          openOnFocus={false}
          autoFocus={draft.category === ''}
          onChange={(value) => write({ category: value })}
        />
        <TextInput
          label={t('new.section')}
          description={t('new.sectionHint')}
          value={draft.section}
          maxLength={200}
          error={missing(draft.section)}
          onChange={(event) => write({ section: event.currentTarget.value })}
        />
      </SimpleGrid>
      <CategoryNote category={place.category} />
      <MarkdownEditor
        value={draft.text}
        onChange={(text) => {
          if (text !== draft.text) write({ text })
        }}
        label={t('edit.label')}
        onSubmit={submit}
      />
      {missing(draft.text) && (
        <Alert color="red" role="alert">
          {t('new.textNeeded')}
        </Alert>
      )}
      <TextInput
        label={t('new.reason')}
        description={t('new.reasonHint')}
        value={draft.reason}
        maxLength={4000}
        onChange={(event) => write({ reason: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') submit()
        }}
      />
      {save.error &&
        (taken ? (
          <Alert color="orange" role="alert" icon={<IconAlertTriangle />} title={t('new.taken')}>
            {existing.data?.sopByCategoryAndSection && (
              <Anchor
                renderRoot={(props) => (
                  <Link
                    to="/sops/$id"
                    params={{ id: String(existing.data?.sopByCategoryAndSection?.id) }}
                    {...props}
                  />
                )}
              >
                {t('new.takenLink')}
              </Anchor>
            )}
          </Alert>
        ) : (
          <Failed error={save.error} />
        ))}
      <Group gap="xs">
        <Button loading={save.isPending} disabled={!can('reviewer')} onClick={submit}>
          {t('new.save')}
        </Button>
        <Button variant="subtle" onClick={back}>
          {common('do.cancel')}
        </Button>
      </Group>
    </Stack>
  )
}
