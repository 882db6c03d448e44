/** The assistant's draft beside the reply: to use, to change, or to leave; with what it rests on. */
import { Alert, Box, Button, Group, Paper, Skeleton, Text, Title, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Keys } from '../app/keyboard.tsx'
import { formatShare } from '../app/time.ts'
import { Markdown } from '../components/Markdown.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { SourceList } from '../components/SourceList.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { Provenance, useMayReadPrompts } from '../models/Provenance.tsx'
import { draftQuery } from './data.ts'
import classes from './inbox.module.css'
import { listed } from './MessageItem.tsx'

interface Props {
  id: string
  onUse: (text: string) => void
  onDiscard: () => void
}

export function DraftPanel({ id, onUse, onDiscard }: Props) {
  const { t } = useTranslation('inbox')
  const prompts = useMayReadPrompts()
  const query = useData(draftQuery, { id, prompts }, { staleTime: Number.POSITIVE_INFINITY })
  return (
    <Paper withBorder p="sm" mb="xs" component="section" aria-label={t('draft.title')}>
      <QueryState query={query} skeleton={<Skeleton height={60} />}>
        {({ response }) =>
          response && (
            <>
              <Group gap="xs" mb={4} justify="space-between">
                <Group gap="xs">
                  <Title order={3} size="h6">
                    {t('draft.title')}
                  </Title>
                  {response.text !== '' && response.confidence !== null && (
                    <Text size="xs" c="dimmed">
                      {t('answer.confidence', { share: formatShare(response.confidence) })}
                    </Text>
                  )}
                </Group>
                <Group gap={6}>
                  {response.text !== '' && (
                    <Button
                      size="compact-sm"
                      data-use-draft
                      rightSection={
                        <Box component="span" visibleFrom="sm">
                          <Keys keys="Alt+Enter" />
                        </Box>
                      }
                      onClick={() => onUse(response.text)}
                    >
                      {t('draft.use')}
                    </Button>
                  )}
                  <Button size="compact-sm" variant="subtle" onClick={onDiscard}>
                    {t('draft.discard')}
                  </Button>
                </Group>
              </Group>
              <div className={classes.beside}>
                {response.text === '' ? (
                  <Alert color="orange" p="xs" role="status" title={t('draft.none')}>
                    {response.reason}
                  </Alert>
                ) : (
                  <div>
                    <Markdown html={response.textHtml} fz="sm" />
                    <VisuallyHidden role="status">{t('draft.ready', { text: response.text })}</VisuallyHidden>
                    <Provenance written={response} mt={4} />
                  </div>
                )}
                <aside aria-label={t('answer.sources')}>
                  <SourceList
                    sources={listed(nodesOf(response.responseSources))}
                    more={(count, none) => t(none ? 'answer.found' : 'answer.more', { count })}
                    less={t('answer.less')}
                  />
                </aside>
              </div>
            </>
          )
        }
      </QueryState>
    </Paper>
  )
}
