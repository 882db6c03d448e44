/** What a proposal of a health check is about: the entries that it would merge, retire or correct, and why, side by side. */
import { Badge, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatShare } from '../app/time.ts'
import { Compared, type ComparedText } from '../components/Compared.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { healthTextsQuery, type Proposal, readable, suggestionOf } from './documents.ts'

type Role = 'keep' | 'merge' | 'retire' | 'correct' | 'against'
const colours: Record<Role, string> = {
  keep: 'teal',
  merge: 'orange',
  retire: 'orange',
  correct: 'orange',
  against: 'gray',
}

/** Which entries it names, and as what. */
function rolesOf(proposal: Proposal): [number, Role][] {
  const { keep_id, duplicate_ids = [], knowledge_ids = [], finding } = suggestionOf(proposal)
  if (proposal.kind === 'knowledge_merge')
    return [
      ...(keep_id === undefined ? [] : [[keep_id, 'keep'] as [number, Role]]),
      ...duplicate_ids.map((id): [number, Role] => [id, 'merge']),
    ]
  const retired = proposal.kind === 'knowledge_retire'
  const own = retired ? knowledge_ids : finding?.knowledge_id == null ? [] : [finding.knowledge_id]
  return [
    ...own.map((id): [number, Role] => [id, retired ? 'retire' : 'correct']),
    ...(finding?.other_id == null ? [] : [[finding.other_id, 'against'] as [number, Role]]),
  ]
}

export function HealthChange({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('review')
  const { finding } = suggestionOf(proposal)
  const roles = rolesOf(proposal)
  const query = useData(healthTextsQuery, {
    ids: roles.map(([id]) => id).sort((a, b) => a - b),
    sops: finding?.sop_id == null ? [] : [finding.sop_id],
  })
  const facts = finding?.facts ?? []
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        {t(proposal.kind === 'knowledge_correction' ? 'health.disagree' : 'entries.title')}
      </Title>
      {proposal.kind !== 'knowledge_correction' && (
        <Text size="sm" c="dimmed">
          {t(`health.${proposal.kind as 'knowledge_merge'}`)}
        </Text>
      )}
      {finding?.undecided && <Text size="sm">{t('health.undecided')}</Text>}
      <QueryState query={query}>
        {(data) => {
          const entries = new Map(nodesOf(data.knowledgeBases).map((one) => [one.id, one]))
          const texts = roles.flatMap(([id, role]): ComparedText[] => {
            const entry = entries.get(id)
            if (!entry) return []
            const own = id === finding?.knowledge_id
            return [
              {
                id: `entry ${id}`,
                title: entry.question,
                to: { entry: id },
                text: entry.answer,
                marks: facts.map(({ one, other }) => (own ? one : other)),
                role: (
                  <Badge tt="none" variant="light" color={colours[role]}>
                    {t(`health.role.${role}`)}
                  </Badge>
                ),
                about: (
                  <>
                    {readable(entry.category)} / {readable(entry.topic)} ·{' '}
                    {entry.site?.name ?? t('health.everywhere')} ·{' '}
                    {entry.usageCount === 0
                      ? t('health.unused')
                      : t('health.used', {
                          count: entry.usageCount,
                          share: formatShare(entry.successRate ?? 0),
                        })}{' '}
                    · {t('health.changed')} <Time at={entry.updatedAt} />
                  </>
                ),
              },
            ]
          })
          for (const sop of nodesOf(data.sops))
            texts.push({
              id: `sop ${sop.id}`,
              title: `${readable(sop.category)} / ${readable(sop.section)}`,
              to: { sop: sop.id },
              text: [...new Set(facts.map(({ other_clause }) => other_clause))].join('\n…\n'),
              marks: facts.map(({ other }) => other),
              role: (
                <Badge tt="none" variant="light" color="gray">
                  {t('health.role.sop')}
                </Badge>
              ),
            })
          return texts.length === 0 ? <Text c="dimmed">{t('health.gone')}</Text> : <Compared texts={texts} />
        }}
      </QueryState>
    </Stack>
  )
}
