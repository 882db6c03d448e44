/** An SOP's section or an entry, as found: where it leads, and the words of it. */
import { Anchor, Badge, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Row } from './data.ts'

const trusts = ['0', '1', '2', '3'] as const

export function FoundName({ row }: { row: Row }) {
  const { t } = useTranslation(['ask', 'common'])
  const trust = trusts.find((one) => one === String(row.trust))
  const name = row.title || `${row.category}/${row.topic}`
  return (
    <div style={{ overflowWrap: 'anywhere' }}>
      <Text size="sm" fw={600}>
        {row.kind === 'sop' && row.sopId !== null ? (
          <Anchor
            inherit
            renderRoot={(props) => <Link to="/sops/$id" params={{ id: String(row.sopId) }} {...props} />}
          >
            {name}
          </Anchor>
        ) : (
          <Anchor
            inherit
            renderRoot={(props) => (
              <Link to="/knowledge" search={{ entry: row.knowledgeId ?? undefined }} {...props} />
            )}
          >
            {name}
          </Anchor>
        )}{' '}
        {row.cited && (
          <Badge size="xs" variant="light">
            {t('common:source.cited')}
          </Badge>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {[
          t(row.kind === 'sop' ? 'common:source.sop' : 'common:source.knowledge'),
          row.kind !== 'sop' && trust && t(`common:source.trust.${trust}`),
          `${row.category}/${row.topic}`,
          row.version !== null && t('common:source.version', { version: row.version }),
          row.heading,
          row.matched && t('found.matched', { phrase: row.matched.slice(0, 200) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <Text size="xs" lineClamp={2} dir="auto">
        {row.snippet.slice(0, 400)}
      </Text>
    </div>
  )
}
