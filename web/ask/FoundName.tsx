/** An SOP's section or an entry, as found: where it leads, and the words of it. */
import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Found } from './data.ts'

export function FoundName({ row }: { row: Found }) {
  const { t } = useTranslation('ask')
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
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {[
          `${row.category}/${row.topic}`,
          row.version !== null && t('source.version', { ns: 'common', version: row.version }),
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
