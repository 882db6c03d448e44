/** What an answer rests on: cited ones first, the rest on request; each leads to its SOP or entry. */
import { Anchor, Badge, Box, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export interface ListedSource {
  rank: number
  kind: string
  category: string
  topic: string
  heading: string | null
  snippet: string
  cited: boolean | null
  sopId: number | null
  knowledgeId: number | null
  version: number | null
}

interface Props {
  sources: ListedSource[]
  /** On the button that shows those that were found and not used. */
  more: (count: number, noneCited: boolean) => string
  less: string
}

export function SourceList({ sources, more, less }: Props) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const cited = sources.filter((source) => source.cited)
  const shown = all ? sources : cited
  const rest = sources.length - cited.length
  return (
    <Stack gap={6} align="stretch">
      {shown.length > 0 && (
        <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
          {shown.map((source) => (
            <li key={source.rank}>
              <SourceLine source={source} />
            </li>
          ))}
        </Stack>
      )}
      {sources.length === 0 && (
        <Text size="xs" c="dimmed">
          {t('source.none')}
        </Text>
      )}
      {rest > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => setAll(!all)}
          aria-expanded={all}
          style={{ alignSelf: 'flex-start' }}
          mih={24}
        >
          {all ? less : more(rest, cited.length === 0)}
        </Button>
      )}
    </Stack>
  )
}

function SourceLine({ source }: { source: ListedSource }) {
  const { t } = useTranslation()
  const name = `${source.category}/${source.topic}`
  const kind = source.kind === 'sop' ? t('source.sop') : t('source.knowledge')
  const version = source.version === null ? '' : `, ${t('source.version', { version: source.version })}`
  return (
    <Box style={{ overflowWrap: 'anywhere' }}>
      <Group gap={4}>
        <Text size="xs">
          {source.sopId !== null ? (
            <Anchor
              renderRoot={(props) => <Link to="/sops/$id" params={{ id: String(source.sopId) }} {...props} />}
              inherit
            >
              {name}
            </Anchor>
          ) : source.knowledgeId !== null ? (
            <Anchor
              renderRoot={(props) => (
                <Link to="/knowledge" search={{ entry: source.knowledgeId ?? undefined }} {...props} />
              )}
              inherit
            >
              {name}
            </Anchor>
          ) : (
            name
          )}
        </Text>
        {source.cited && (
          <Badge size="xs" variant="light">
            {t('source.cited')}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {kind}
        {version}
        {source.heading && ` · ${source.heading}`}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={2} title={source.snippet.slice(0, 500)}>
        {source.snippet.slice(0, 300)}
      </Text>
    </Box>
  )
}
