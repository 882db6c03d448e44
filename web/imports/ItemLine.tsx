/** One item of an import: what it is, what becomes of it and why, and its text when asked for. */
import { Anchor, Badge, Button, Group, List, Paper, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProposalLink } from '../components/Links.tsx'
import type { Item } from './documents.ts'
import { useReasons } from './reason.ts'

const colors: Record<string, string> = {
  create: 'teal',
  update: 'blue',
  propose: 'grape',
  skip: 'orange',
  conflict: 'orange',
  kept: 'orange',
}

/** As app_private.plan_import writes them. */
interface Findings {
  contradictions?: { with?: unknown; one_clause?: string; other_clause?: string }[]
}

export function ItemLine({ item }: { item: Item }) {
  const { t } = useTranslation('imports')
  const [opened, setOpened] = useState(false)
  const reason = useReasons().reasonOf(item)
  const name = item.question ?? ([item.category, item.topic].filter(Boolean).join('/') || item.file)
  const { contradictions = [] } = (item.findings ?? {}) as Findings
  // What became of it tells more than what was to.
  const state = ['conflict', 'kept', 'rolled_back'].includes(item.status) ? item.status : null
  return (
    <Paper component="li" withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Badge
              variant="light"
              tt="none"
              miw="max-content"
              color={colors[state ?? item.action ?? ''] ?? 'gray'}
            >
              {state ? t(`left.${state as 'kept'}`) : t(`plans.${(item.action ?? 'skip') as 'create'}`)}
            </Badge>
            <Text size="xs" c="dimmed">
              {t(`kinds.${item.kind as 'sop'}`)} · {item.file}
            </Text>
          </Group>
          <Text size="sm" fw={600} dir="auto" mt={4}>
            {name}
          </Text>
          {reason && <Text size="sm">{reason}</Text>}
          {contradictions.length > 0 && (
            <List size="sm">
              {contradictions.map(({ one_clause, other_clause }) => (
                <List.Item key={`${one_clause} ${other_clause}`}>
                  {t('says', { one: one_clause ?? '', other: other_clause ?? '' })}
                </List.Item>
              ))}
            </List>
          )}
          {item.status === 'applied' && <To item={item} />}
        </div>
        {item.content !== null && (
          <Button
            size="compact-sm"
            variant="subtle"
            flex="none"
            aria-expanded={opened}
            aria-label={t('textOf', { name })}
            onClick={() => setOpened(!opened)}
          >
            {t('text')}
          </Button>
        )}
      </Group>
      {opened && (
        <Text size="sm" mt="xs" dir="auto" style={{ whiteSpace: 'pre-wrap' }}>
          {item.content}
        </Text>
      )}
    </Paper>
  )
}

/** Where what was written is now. */
function To({ item }: { item: Item }) {
  const { t } = useTranslation('imports')
  const { sopId, knowledgeId, improvementId } = item
  if (improvementId !== null)
    return (
      <ProposalLink id={improvementId} size="sm">
        {t('toProposal')}
      </ProposalLink>
    )
  if (sopId !== null)
    return (
      <Anchor
        size="sm"
        renderRoot={(props) => <Link {...props} to="/sops/$id" params={{ id: String(sopId) }} />}
      >
        {t('toSop')}
      </Anchor>
    )
  if (knowledgeId !== null)
    return (
      <Anchor
        size="sm"
        renderRoot={(props) => <Link {...props} to="/knowledge" search={{ entry: knowledgeId }} />}
      >
        {t('toEntry')}
      </Anchor>
    )
  return null
}
