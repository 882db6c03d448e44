/** One message as the customer reads it. */
import { Group, Text } from '@mantine/core'
import { IconUrgent } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Markdown } from '../components/Markdown.tsx'
import { nodesOf } from '../graphql/nodes.ts'
import classes from './chat.module.css'
import type { Said } from './data.ts'
import { Feedback } from './Feedback.tsx'

export function SaidMessage({ message }: { message: Said }) {
  const { t } = useTranslation('chat')
  const { authorKind, response } = message
  const kind = authorKind as 'customer' | 'assistant' | 'staff'
  const urgent = kind === 'assistant' && response?.outcome === 'emergency'
  const answered = kind === 'assistant' && response?.outcome === 'answered'
  const sources = answered
    ? [
        ...new Set(
          nodesOf(response.responseSources)
            .filter(({ cited }) => cited)
            .map(({ topic }) => readable(topic)),
        ),
      ]
    : []
  return (
    <article
      className={classes.said}
      data-kind={kind}
      data-urgent={urgent || undefined}
      aria-label={t(`author.${kind}`)}
    >
      <Text size="xs" c="dimmed" mb={2}>
        {t(`author.${kind}`)}
      </Text>
      <div className={classes.bubble} role={urgent ? 'alert' : undefined}>
        {urgent && (
          <Group gap={6} mb={4} c="var(--mantine-color-error)">
            <IconUrgent size={22} aria-hidden />
            <Text fw={800}>{t('answer.urgent')}</Text>
          </Group>
        )}
        <Markdown html={message.bodyHtml} />
      </div>
      {answered && (
        <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {/^local\b/.test(response.model)
            ? t('answer.quoted')
            : t('answer.byModel', { model: response.model })}
        </Text>
      )}
      {sources.length > 0 && (
        <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {t('answer.from', { sources: sources.join(', ') })}
        </Text>
      )}
      {answered && <Feedback response={response} />}
    </article>
  )
}

/** change_booking → Change booking */
const readable = (topic: string) => {
  const words = topic.replace(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
