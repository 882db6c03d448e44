/** What is wrong with the knowledge: what the last check found, both texts beside each other, and what was proposed. */
import {
  Alert,
  Badge,
  Button,
  Group,
  Paper,
  Progress,
  SegmentedControl,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { IconHeartbeat, IconStethoscope } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatNumber, formatShare } from '../app/time.ts'
import { Compared, type ComparedText, type Disagreement } from '../components/Compared.tsx'
import { ProposalLink } from '../components/Links.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { refresh, useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import type { Status } from '../review/route.ts'
import { readable } from '../sops/names.ts'
import { TrustBadge } from './Badges.tsx'
import {
  type Check,
  checkQuery,
  type Finding,
  type FindingEntry,
  type FindingSop,
  findingsQuery,
  findingTextsQuery,
  requestCheckMutation,
} from './documents.ts'
import classes from './knowledge.module.css'
import { findingKinds, type KnowledgeSearch } from './route.ts'

const colours: Record<string, string> = {
  contradiction: 'red',
  low_success: 'orange',
  duplicate: 'blue',
  never_used: 'gray',
}

export default function Health({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const query = useData(findingsQuery, {})
  const findings = nodesOf(query.data?.knowledgeFindings)
  const ids = [...new Set(findings.flatMap(({ knowledgeId, otherId }) => [knowledgeId, otherId]))]
  const entryIds = ids.filter((id) => id !== null).sort((a, b) => a - b)
  const sopIds = [...new Set(findings.map(({ sopId }) => sopId))].filter((id) => id !== null)
  const texts = useData(
    findingTextsQuery,
    { ids: entryIds, sops: sopIds.sort((a, b) => a - b) },
    { enabled: entryIds.length > 0, keepPrevious: true },
  )
  const entries = new Map(nodesOf(texts.data?.knowledgeBases).map((one) => [one.id, one]))
  const sops = new Map(nodesOf(texts.data?.sops).map((one) => [one.id, one]))
  const kinds = findingKinds.filter((kind) => findings.some(({ findingKind }) => findingKind === kind))
  const shown = kinds.filter((kind) => search.finding === undefined || search.finding === kind)
  return (
    <Stack>
      <CheckBar />
      <QueryState query={query}>
        {() =>
          findings.length === 0 ? (
            <Empty icon={IconHeartbeat} title={t('found.none')}>
              {t('found.noneHint')}
            </Empty>
          ) : (
            <QueryState query={texts}>
              {() => (
                <Stack gap="lg">
                  <KindFilter search={search} findings={findings} kinds={kinds} />
                  {shown.map((kind) => (
                    <section key={kind} aria-labelledby={`found-${kind}`}>
                      <Title order={2} size="h4" id={`found-${kind}`}>
                        {t(`found.kinds.${kind}`)}
                      </Title>
                      <Text size="sm" c="dimmed" mb="sm">
                        {t(`found.hints.${kind}`)}
                      </Text>
                      <ol className={classes.pairs}>
                        {findings
                          .filter(({ findingKind }) => findingKind === kind)
                          .map((finding) => (
                            <Found
                              key={finding.findingId}
                              finding={finding}
                              entry={entries.get(finding.knowledgeId ?? 0)}
                              other={entries.get(finding.otherId ?? 0)}
                              sop={sops.get(finding.sopId ?? 0)}
                            />
                          ))}
                      </ol>
                    </section>
                  ))}
                </Stack>
              )}
            </QueryState>
          )
        }
      </QueryState>
    </Stack>
  )
}

function KindFilter({
  search,
  findings,
  kinds,
}: {
  search: KnowledgeSearch
  findings: Finding[]
  kinds: readonly (typeof findingKinds)[number][]
}) {
  const { t } = useTranslation('knowledge')
  const navigate = useNavigate()
  if (kinds.length < 2) return null
  return (
    <SegmentedControl
      size="xs"
      className={classes.wrapping}
      aria-label={t('found.filter')}
      value={search.finding ?? 'all'}
      onChange={(value) =>
        void navigate({
          to: '/knowledge',
          search: { view: 'health', finding: findingKinds.find((kind) => kind === value) },
          resetScroll: false,
        })
      }
      data={[
        { value: 'all', label: `${t('found.all')} (${formatNumber(findings.length)})` },
        ...kinds.map((kind) => ({
          value: kind,
          label: `${t(`found.kinds.${kind}`)} (${formatNumber(findings.filter(({ findingKind }) => findingKind === kind).length)})`,
        })),
      ]}
    />
  )
}

/** When it was last looked through, how far a check is, and the way to ask for one. */
function CheckBar() {
  const { t } = useTranslation('knowledge')
  const { can } = useSession()
  const client = useQueryClient()
  const { data } = useData(checkQuery, {}, { refetchInterval: 2500 })
  const [check] = nodesOf(data?.healthChecks)
  const ask = useChange(requestCheckMutation, { refreshes: [checkQuery] })
  const open = check !== undefined && check.status !== 'finished'
  // What a check found is there once it is done.
  const seen = useRef<string | undefined>(undefined)
  const state = check && `${check.id} ${check.status}`
  useEffect(() => {
    if (seen.current !== undefined && seen.current !== state) void refresh(client, [findingsQuery])
    seen.current = state
  }, [client, state])
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="sm">
        <div role="status" style={{ flex: '1 1 14rem', minWidth: 0 }}>
          {check ? <CheckState check={check} /> : <Text size="sm">{t('check.never')}</Text>}
        </div>
        {can('reviewer') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconStethoscope size={14} aria-hidden />}
            loading={ask.isPending}
            disabled={open}
            onClick={() => ask.mutate({})}
          >
            {t('check.now')}
          </Button>
        )}
      </Group>
      {check?.status === 'running' && (
        <Progress
          mt="xs"
          value={check.stage === 'reading' ? (80 * check.done) / Math.max(1, check.total) : 90}
          animated
          aria-label={t('check.running')}
        />
      )}
    </Paper>
  )
}

function CheckState({ check }: { check: Check }) {
  const { t } = useTranslation('knowledge')
  const { status, stage, done, total, finishedAt, requestedBy, error } = check
  const counts = check.counts as Record<string, number>
  if (status === 'queued') return <Text size="sm">{t('check.queued')}</Text>
  if (status === 'running')
    return (
      <>
        <Text size="sm">
          {stage === 'reading'
            ? t('check.reading', { done: formatNumber(done), total: formatNumber(total) })
            : t(`check.${stage as 'comparing' | 'proposing'}`)}
        </Text>
        {error && (
          <Alert color="red" p="xs" mt="xs">
            {t('check.failed', { error })}
          </Alert>
        )}
      </>
    )
  return (
    <>
      <Text size="sm">
        {t('check.done')} <Time at={finishedAt!} />
        {requestedBy && ` · ${requestedBy}`} · {t('check.proposed', { count: counts.proposed ?? 0 })}
      </Text>
      {(counts.waiting ?? 0) > 0 && (
        <Text size="xs" c="dimmed">
          {t('check.waiting', { count: counts.waiting })}
        </Text>
      )}
    </>
  )
}

interface FoundProps {
  finding: Finding
  entry: FindingEntry | undefined
  other: FindingEntry | undefined
  sop: FindingSop | undefined
}

function Found({ finding, entry, other, sop }: FoundProps) {
  const { t } = useTranslation('knowledge')
  if (!entry) return null
  const { findingKind, undecided, similarity, improvementId, improvementStatus } = finding
  const facts = (finding.facts ?? []) as Disagreement[]
  const texts = [
    textOf(
      entry,
      facts.map(({ one }) => one),
      <About entry={entry} />,
    ),
    ...(other
      ? [
          textOf(
            other,
            facts.map((fact) => fact.other),
            <About entry={other} />,
          ),
        ]
      : []),
    ...(sop ? [sopText(sop, facts, t('found.sop'))] : []),
  ]
  return (
    <Paper component="li" withBorder p={{ base: 'sm', sm: 'md' }}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Group gap={6}>
          <Badge variant="light" tt="none" color={colours[findingKind ?? ''] ?? 'gray'}>
            {t(`found.one.${findingKind as 'duplicate'}`)}
          </Badge>
          {similarity !== null && findingKind === 'duplicate' && (
            <Badge variant="light" tt="none">
              {t('merge.similar', { share: formatShare(similarity) })}
            </Badge>
          )}
          {undecided && (
            <Badge
              variant="light"
              tt="none"
              color="gray"
              h="auto"
              styles={{ label: { whiteSpace: 'normal' } }}
            >
              {t('found.undecided')}
            </Badge>
          )}
        </Group>
        {improvementId === null ? (
          <Text size="sm" c="dimmed">
            {t('found.unproposed')}
          </Text>
        ) : (
          <ProposalLink
            id={improvementId}
            status={improvementStatus === 'pending' ? undefined : (improvementStatus as Status)}
            size="sm"
          >
            {t(`found.proposal.${improvementStatus as 'pending' | 'rejected' | 'approved'}`, {
              defaultValue: t('proposal', { id: improvementId }),
            })}
          </ProposalLink>
        )}
      </Group>
      {facts.map(({ one, other: there, kind }) => (
        <Text key={`${kind} ${one} ${there}`} size="sm" mb="xs" style={{ overflowWrap: 'anywhere' }}>
          {t('found.disagree', { one, other: there })}
        </Text>
      ))}
      <Compared texts={texts} />
    </Paper>
  )
}

const textOf = (entry: FindingEntry, marks: string[], about: ComparedText['about']): ComparedText => ({
  id: `entry ${entry.id}`,
  title: entry.question,
  to: { entry: entry.id },
  text: entry.answer,
  marks,
  about,
})

const sopText = (sop: FindingSop, facts: Disagreement[], role: string): ComparedText => ({
  id: `sop ${sop.id}`,
  title: `${readable(sop.category)} / ${readable(sop.section)}`,
  to: { sop: sop.id },
  text: [...new Set(facts.map(({ other_clause }) => other_clause))].join('\n…\n'),
  marks: facts.map(({ other }) => other),
  about: role,
})

function About({ entry }: { entry: FindingEntry }) {
  const { t } = useTranslation('knowledge')
  const { category, topic, site, usageCount, successRate, updatedAt } = entry
  return (
    <Group gap={6}>
      <TrustBadge trust={entry.trust} />
      <span>
        {readable(category)} / {readable(topic)} · {site?.name ?? t('everywhere')} ·{' '}
        {usageCount === 0
          ? t('unused')
          : t('usedWith', { count: usageCount, share: formatShare(successRate ?? 0) })}{' '}
        · {t('fact.changed')} <Time at={updatedAt} />
      </span>
    </Group>
  )
}
