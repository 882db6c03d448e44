/** What customers asked that this SOP answered, or failed on; and what is proposed to mend it. */
import { Badge, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconGitPullRequest, IconMessageQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatNumber, formatShare } from '../app/time.ts'
import { ProposalLink, TicketLink } from '../components/Links.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { Time } from '../components/Time.tsx'
import type { ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { Provenance, useMayReadPrompts } from '../models/Provenance.tsx'
import type { Status } from '../review/route.ts'
import { questionsQuery, type Sop, ticketsOfQuery } from './documents.ts'
import classes from './tabs.module.css'

type Data = ResultOf<typeof questionsQuery>
type Question = NonNullable<NonNullable<Data['sopQuestions']>['nodes'][number]>
type Proposal = NonNullable<NonNullable<Data['improvementQueues']>['nodes'][number]>

const statusColor: Record<string, string> = { pending: 'yellow', approved: 'teal', rejected: 'gray' }

export default function QuestionsTab({ sop }: { sop: Sop }) {
  const query = useData(questionsQuery, { id: sop.id })
  return (
    <QueryState query={query}>
      {({ sopQuestions, improvementQueues }) => (
        <Stack gap="xl">
          <Questions questions={rowsOf(sopQuestions)} />
          <Proposals proposals={rowsOf(improvementQueues)} total={improvementQueues?.totalCount ?? 0} />
        </Stack>
      )}
    </QueryState>
  )
}

function Questions({ questions }: { questions: Question[] }) {
  const { t } = useTranslation('sops')
  const ids = questions.flatMap((one) => (one.lastResponseId === null ? [] : [one.lastResponseId]))
  const prompts = useMayReadPrompts()
  const { data } = useData(ticketsOfQuery, { ids, prompts }, { enabled: ids.length > 0 })
  const answers = new Map(rowsOf(data?.responses).map((one) => [one.id, one]))
  const sum = (of: 'times' | 'failed' | 'helpful' | 'unhelpful') =>
    questions.reduce((total, one) => total + (one[of] ?? 0), 0)
  const rated = sum('helpful') + sum('unhelpful')
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('questions.title')}
      </Title>
      {questions.length === 0 ? (
        <Empty icon={IconMessageQuestion} title={t('questions.none')}>
          {t('questions.noneHint')}
        </Empty>
      ) : (
        <>
          <Group gap="lg" mb="sm">
            <Text size="sm">{t('questions.asked', { count: sum('times') })}</Text>
            <Text size="sm">{t('questions.failed', { count: sum('failed') })}</Text>
            {rated > 0 && (
              <Text size="sm">{t('questions.rate', { share: formatShare(sum('helpful') / rated) })}</Text>
            )}
          </Group>
          <Table.ScrollContainer
            minWidth={620}
            scrollAreaProps={{
              viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('questions.title') },
            }}
          >
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('questions.question')}</Table.Th>
                  {(['times', 'helpful', 'unhelpful', 'fails'] as const).map((one) => (
                    <Table.Th key={one} scope="col" ta="right">
                      {t(`questions.${one}`)}
                    </Table.Th>
                  ))}
                  <Table.Th scope="col">{t('questions.last')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {questions.map((one) => {
                  const answer = answers.get(one.lastResponseId ?? '')
                  const ticket = answer?.ticketId
                  return (
                    <Table.Tr key={`${one.question}${one.lastAskedAt}`}>
                      <Table.Th scope="row" fw={400} maw="26rem">
                        <Text size="sm" lineClamp={3} dir="auto" style={{ overflowWrap: 'anywhere' }}>
                          {one.question}
                        </Text>
                      </Table.Th>
                      <Table.Td ta="right">{formatNumber(one.times ?? 0)}</Table.Td>
                      <Table.Td ta="right">{formatNumber(one.helpful ?? 0)}</Table.Td>
                      <Table.Td ta="right">{formatNumber(one.unhelpful ?? 0)}</Table.Td>
                      <Table.Td ta="right">
                        {(one.failed ?? 0) > 0 ? (
                          <Badge color="red" variant="light">
                            {formatNumber(one.failed ?? 0)}
                          </Badge>
                        ) : (
                          formatNumber(0)
                        )}
                      </Table.Td>
                      <Table.Td>
                        <Text size="sm">{one.lastAskedAt && <Time at={one.lastAskedAt} />}</Text>
                        {ticket != null && (
                          <TicketLink id={ticket} size="xs">
                            {t('questions.conversation', { id: ticket })}
                          </TicketLink>
                        )}
                        {answer && <Provenance written={answer} maw="16rem" />}
                      </Table.Td>
                    </Table.Tr>
                  )
                })}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </section>
  )
}

const reasoningOf = ({ suggestedSopUpdate }: Proposal): string => {
  const { reasoning } = (suggestedSopUpdate ?? {}) as { reasoning?: unknown }
  return typeof reasoning === 'string' ? reasoning : ''
}

function Proposals({ proposals, total }: { proposals: Proposal[]; total: number }) {
  const { t } = useTranslation('sops')
  const { t: common } = useTranslation()
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('proposals.title')}
      </Title>
      {proposals.length === 0 ? (
        <Empty icon={IconGitPullRequest} title={t('proposals.none')}>
          {t('proposals.noneHint')}
        </Empty>
      ) : (
        <>
          <ul className={classes.plain}>
            {proposals.map((one) => (
              <li key={one.id} className={classes.version}>
                <Stack gap={2} style={{ minWidth: 0 }}>
                  <Group gap={6}>
                    <ProposalLink id={one.id} status={one.status as Status} size="sm" fw={600}>
                      {t('history.proposal', { id: one.id })}
                    </ProposalLink>
                    <Badge size="xs" variant="light" tt="none" color={statusColor[one.status] ?? 'gray'}>
                      {t(`proposals.status.${one.status as Status}`)}
                    </Badge>
                  </Group>
                  <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
                    {reasoningOf(one)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {one.proposedBy} · <Time at={one.createdAt} />
                  </Text>
                </Stack>
              </li>
            ))}
          </ul>
          {total > proposals.length && (
            <Text size="sm" c="dimmed">
              {common('state.of', { shown: proposals.length, total })}
            </Text>
          )}
        </>
      )}
    </section>
  )
}
