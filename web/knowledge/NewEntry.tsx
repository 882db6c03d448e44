/** A new entry; one that asks the same already is shown instead of written over. */
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
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CategoryNote, withSpecial } from '../components/CategoryNote.tsx'
import { LeaveGuard, useDraft } from '../components/draft.tsx'
import { Failed } from '../components/QueryState.tsx'
import { toast } from '../components/toast.ts'
import { queryOptions, useChange } from '../graphql/hooks.ts'
import { shortName } from '../sops/names.ts'
import { changedByWriting, retireMutation, sameQuery, saveMutation } from './documents.ts'
import { EntryFields } from './EntryFields.tsx'
import type { Written } from './entry.ts'
import type { KnowledgeSearch } from './route.ts'
import { useSites } from './useEntries.ts'

interface Draft extends Written {
  category: string
  topic: string
  reason: string
}

export default function NewEntry({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { categories } = useSites()
  const [kept, keep] = useDraft<Draft>('knowledge.new')
  const [tried, setTried] = useState(false)
  const [taken, setTaken] = useState<number | null>(null)
  const begun: Draft = {
    category: search.category ?? '',
    topic: search.topic ?? '',
    question: '',
    answer: '',
    site: search.site ?? null,
    validFrom: null,
    validTo: null,
    reason: '',
  }
  const draft = kept ?? begun
  const write = (part: Partial<Draft>) => {
    setTaken(null)
    keep({ ...draft, ...part })
  }
  const retire = useChange(retireMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('new.undone') }),
  })
  const save = useChange(saveMutation, {
    refreshes: changedByWriting,
    onError: () => true,
    onSuccess: ({ saveKnowledge }) => {
      const id = saveKnowledge?.result?.id
      if (id === undefined) return
      keep(null)
      toast({
        message: t('new.done'),
        undo: () => retire.mutate({ input: { id, reason: t('undo.reason') } }),
      })
      void navigate({ to: '/knowledge', search: { entry: id }, ignoreBlocker: true })
    },
  })
  const place = { category: shortName(draft.category), topic: shortName(draft.topic) }
  const missing = (value: string) => tried && value.trim() === '' && t('new.needed')
  const submit = async () => {
    setTried(true)
    const { question, answer, site, validFrom, validTo, reason } = draft
    if ([place.category, place.topic, question.trim(), answer.trim()].includes('') || save.isPending) return
    // Saving would write over it.
    const same = await client.fetchQuery({ ...queryOptions(sameQuery, { ...place, question }), staleTime: 0 })
    const there = same.knowledgeBaseByCategoryAndTopicAndQuestion?.id
    if (there !== undefined) setTaken(there)
    else
      save.mutate({
        input: { ...place, question, answer, site, validFrom, validTo, reason: reason.trim() || null },
      })
  }
  return (
    <Stack maw="64rem">
      <Title order={2} size="h4">
        {t('new.title')}
      </Title>
      <LeaveGuard
        when={draft.question.trim() !== '' || draft.answer.trim() !== ''}
        stays={({ pathname, search: to }) =>
          pathname === '/knowledge' && (to as KnowledgeSearch).mode === 'new'
        }
        onDiscard={() => keep(null)}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Autocomplete
          label={t('filter.category')}
          data={withSpecial(categories)}
          openOnFocus={false}
          maxLength={100}
          value={draft.category}
          autoFocus={draft.category === ''}
          error={missing(draft.category)}
          onChange={(category) => write({ category })}
        />
        <TextInput
          label={t('fact.topicName')}
          description={t('new.topicHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          maxLength={200}
          value={draft.topic}
          error={missing(draft.topic)}
          onChange={(event) => write({ topic: event.currentTarget.value })}
        />
      </SimpleGrid>
      <CategoryNote category={place.category} />
      <EntryFields
        value={draft}
        onChange={write}
        onSubmit={() => void submit()}
        autoFocus={draft.category !== ''}
        tried={tried}
      />
      {missing(draft.answer) && (
        <Alert color="red" role="alert">
          {t('new.answerNeeded')}
        </Alert>
      )}
      <TextInput
        label={t('new.reason')}
        maxLength={4000}
        value={draft.reason}
        onChange={(event) => write({ reason: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void submit()
        }}
      />
      {taken !== null && (
        <Alert color="orange" role="alert" icon={<IconAlertTriangle />} title={t('new.taken')}>
          <Anchor renderRoot={(props) => <Link to="/knowledge" search={{ entry: taken }} {...props} />}>
            {t('new.takenLink')}
          </Anchor>
        </Alert>
      )}
      {save.error && <Failed error={save.error} />}
      <Group gap="xs">
        <Button loading={save.isPending} onClick={() => void submit()}>
          {t('new.save')}
        </Button>
        <Button
          variant="subtle"
          onClick={() => void navigate({ to: '/knowledge', search: (all) => ({ ...all, mode: undefined }) })}
        >
          {common('do.cancel')}
        </Button>
      </Group>
    </Stack>
  )
}
