/** One message: who, when, what; of the assistant also what it rests on, and whether it was right. */
import { Badge, Box, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatShare } from '../app/time.ts'
import { Markdown } from '../components/Markdown.tsx'
import { SourceList } from '../components/SourceList.tsx'
import { Time } from '../components/Time.tsx'
import { nodesOf } from '../graphql/nodes.ts'
import { Provenance } from '../models/Provenance.tsx'
import { Again } from './Again.tsx'
import type { GivenAnswer, GivenSource, Message } from './data.ts'
import classes from './inbox.module.css'
import { Rating } from './Rating.tsx'

const outcomes = ['answered', 'handed_over', 'emergency', 'withheld', 'paused', 'drafted'] as const

export const listed = (sources: GivenSource[]) =>
  sources.map(({ sopVersion, ...source }) => ({ ...source, version: sopVersion?.version ?? null }))

interface Props {
  message: Message
  correcting: boolean
  onCorrect: (response: string | null) => void
}

export function MessageItem({ message, correcting, onCorrect }: Props) {
  const { t } = useTranslation('inbox')
  const { user, can } = useSession()
  const { authorKind: kind, response } = message
  if (kind === 'system') return <SystemLine message={message} />
  const who =
    kind === 'staff'
      ? message.author === user?.email
        ? t('author.me')
        : message.author
      : t(`author.${kind as 'customer' | 'assistant'}`)
  return (
    <article
      className={classes.message}
      data-message
      data-kind={kind}
      data-outcome={kind === 'assistant' ? response?.outcome : undefined}
      aria-label={`${who}`}
    >
      <Group gap={6} mb={4}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {who}
        </Text>
        <Text size="xs" c="dimmed">
          <Time at={message.createdAt} />
        </Text>
        {kind === 'assistant' && response && <Outcome response={response} />}
        {kind === 'staff' && response && (
          <Text size="xs" c="dimmed">
            {t('author.fromDraft')}
          </Text>
        )}
      </Group>
      <div className={response ? classes.beside : undefined}>
        <div>
          <div className={classes.bubble}>
            <Markdown html={message.bodyHtml} />
          </div>
          {response && <Provenance written={response} mt={4} />}
          {kind === 'assistant' && response && (
            <Rating
              response={response}
              allowed={can('agent') && response.erasedAt === null}
              correcting={correcting}
              onCorrect={onCorrect}
            />
          )}
        </div>
        {response && (
          <Box component="aside" aria-label={t('answer.sources')}>
            <SourceList
              sources={listed(nodesOf(response.responseSources))}
              more={(count, none) => t(none ? 'answer.found' : 'answer.more', { count })}
              less={t('answer.less')}
            />
          </Box>
        )}
      </div>
      {kind === 'assistant' && response && response.erasedAt === null && <Again response={response.id} />}
    </article>
  )
}

function Outcome({ response }: { response: GivenAnswer }) {
  const { t } = useTranslation(['inbox', 'common'])
  const outcome = outcomes.find((one) => one === response.outcome)
  return (
    <>
      {outcome && (
        <Badge
          size="sm"
          variant="light"
          color={outcome === 'answered' ? 'teal' : outcome === 'emergency' ? 'red' : 'orange'}
        >
          {t(`common:outcome.${outcome}`)}
        </Badge>
      )}
      {response.confidence !== null && outcome === 'answered' && (
        <Text size="xs" c="dimmed">
          {t('answer.confidence', { share: formatShare(response.confidence) })}
        </Text>
      )}
      {response.reason && outcome !== 'answered' && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('answer.why', { reason: response.reason })}
        </Text>
      )}
    </>
  )
}

/** The server writes these in English; those that are known are said in the reader's language. */
function SystemLine({ message }: { message: Message }) {
  const { t } = useTranslation('inbox')
  const who = message.author ?? ''
  const plain = (message.bodyHtml ?? '').replace(/<[^>]*>/g, '').trim()
  const known = (
    [
      ['took over', 'tookOver'],
      ['handed back to the assistant', 'handedBack'],
      ['resolved this', 'resolved'],
    ] as const
  ).find(([ending]) => plain === `${who} ${ending}`)
  return (
    <Text size="xs" c="dimmed" ta="center" style={{ overflowWrap: 'anywhere' }}>
      {known ? t(`system.${known[1]}`, { who }) : plain} · <Time at={message.createdAt} />
    </Text>
  )
}
