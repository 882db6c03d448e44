/** What the assistant says by itself to customers: the usual words, or the club's own. */
import { Badge, Button, Group, Modal, Paper, Stack, Text, Textarea, Title } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { QueryState } from '../components/QueryState.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'

const wordsQuery = graphql(`
  query AssistantWords { assistantWords { nodes { key usual own } } }
`)
const saveMutation = graphql(`
  mutation SaveAssistantWords($key: String!, $words: String, $reason: String!) {
    saveAssistantWords(input: { key: $key, words: $words, reason: $reason }) { result { updatedAt } }
  }
`)

type Said = NonNullable<NonNullable<ResultOf<typeof wordsQuery>['assistantWords']>['nodes'][number]>
type Key = 'not_sure' | 'for_a_person' | 'paused' | 'unfinished' | 'emergency'

export function AssistantWords() {
  const { t } = useTranslation(['assistant', 'common'])
  const { can } = useSession()
  const query = useData(wordsQuery, {})
  const [changing, setChanging] = useState<Said | null>(null)
  const nameOf = (said: Said) => t(`words.${said.key as Key}`)
  return (
    <section aria-label={t('words.title')}>
      <Title order={2} size="h4">
        {t('words.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('words.about')}
      </Text>
      <QueryState query={query}>
        {(data) => (
          <Stack gap="xs">
            {(data.assistantWords?.nodes ?? [])
              .filter((one) => one !== null)
              .map((said) => (
                <Paper withBorder p="sm" key={said.key}>
                  <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
                    <div>
                      <Group gap="xs">
                        <Text size="sm" fw={600}>
                          {nameOf(said)}
                        </Text>
                        {said.own !== null && (
                          <Badge variant="light" tt="none">
                            {t('words.own')}
                          </Badge>
                        )}
                      </Group>
                      <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
                        {said.own ?? said.usual}
                      </Text>
                    </div>
                    {can('admin') && (
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        flex="none"
                        leftSection={<IconPencil size={14} aria-hidden />}
                        aria-label={t('words.changeOne', { name: nameOf(said) })}
                        onClick={() => setChanging(said)}
                      >
                        {t('words.change')}
                      </Button>
                    )}
                  </Group>
                </Paper>
              ))}
          </Stack>
        )}
      </QueryState>
      <Modal
        opened={changing !== null}
        onClose={() => setChanging(null)}
        title={changing && nameOf(changing)}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        {changing && <WordsForm said={changing} onClose={() => setChanging(null)} />}
      </Modal>
    </section>
  )
}

function WordsForm({ said, onClose }: { said: Said; onClose: () => void }) {
  const { t } = useTranslation(['assistant', 'common'])
  const [words, setWords] = useState(said.own ?? '')
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const save = useChange(saveMutation, {
    refreshes: [wordsQuery],
    onSuccess: () => {
      toast({ message: t('words.saved') })
      onClose()
    },
  })
  const missing = reason.trim() === ''
  return (
    <form
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!missing && !save.isPending)
          save.mutate({ key: said.key ?? '', words: words.trim() || null, reason: reason.trim() })
      }}
    >
      <Stack>
        <Textarea
          label={t('words.text')}
          description={t('words.textHint')}
          placeholder={said.usual ?? undefined}
          data-autofocus
          autosize
          minRows={3}
          maxRows={8}
          maxLength={1000}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Textarea
          label={t('common:reason.label')}
          placeholder={t('common:reason.placeholder')}
          description={t('common:reason.submit')}
          autosize
          maxRows={4}
          maxLength={4000}
          value={reason}
          error={tried && missing && t('common:reason.needed')}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common:do.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
