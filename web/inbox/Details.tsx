/** What is known of a conversation beside its messages. */
import { Anchor, Badge, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Lines, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { earlierQuery, type Ticket } from './data.ts'
import classes from './inbox.module.css'
import { Silence } from './Silence.tsx'

export function Details({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation('inbox')
  return (
    <Stack gap="md">
      <Title order={3} size="h6">
        {t('details.title')}
      </Title>
      <dl className={classes.facts}>
        <dt>{t('details.status')}</dt>
        <dd>
          <Status ticket={ticket} />
          <Silence ticket={ticket} />
        </dd>
        <dt>{t('details.priority')}</dt>
        <dd>
          {ticket.priority === 'urgent' ? (
            <Badge color="red" variant="filled" size="sm">
              {t('urgent.label')}
            </Badge>
          ) : (
            t('priority.normal')
          )}
        </dd>
        <dt>{t('details.category')}</dt>
        <dd>{ticket.category ?? t('details.none')}</dd>
        <dt>{t('details.site')}</dt>
        <dd>{ticket.site?.name ?? t('details.none')}</dd>
        <dt>{t('details.opened')}</dt>
        <dd>
          <Time at={ticket.createdAt} exact />
        </dd>
        <dt>{t('details.changed')}</dt>
        <dd>
          <Time at={ticket.updatedAt} />
        </dd>
        {ticket.resolvedBy && (
          <>
            <dt>{t('details.resolvedBy')}</dt>
            <dd>{ticket.resolvedBy}</dd>
          </>
        )}
      </dl>
      {ticket.resolution && <Part title={t('details.resolution')} text={ticket.resolution} />}
      {ticket.summary && <Part title={t('details.summary')} text={ticket.summary} />}
      {ticket.visitorId && <Earlier visitor={ticket.visitorId} current={ticket.id} />}
    </Stack>
  )
}

export function Status({ ticket }: { ticket: Pick<Ticket, 'status' | 'assignee'> }) {
  const { t } = useTranslation('inbox')
  if (ticket.status === 'taken') return t('status.takenBy', { who: ticket.assignee })
  return t(`status.${ticket.status as 'open' | 'waiting' | 'resolved'}`)
}

const Part = ({ title, text }: { title: string; text: string }) => (
  <section>
    <Title order={4} size="sm" mb={2}>
      {title}
    </Title>
    <Text size="sm" className={classes.plain}>
      {text}
    </Text>
  </section>
)

function Earlier({ visitor, current }: { visitor: string; current: number }) {
  const { t } = useTranslation('inbox')
  const query = useData(earlierQuery, { visitor })
  return (
    <section>
      <Title order={4} size="sm" mb={2}>
        {t('details.earlier')}
      </Title>
      <QueryState query={query} skeleton={<Lines count={2} />}>
        {({ tickets }) => {
          const others = nodesOf(tickets).filter(({ id }) => id !== current)
          if (others.length === 0)
            return (
              <Text size="sm" c="dimmed">
                {t('details.noEarlier')}
              </Text>
            )
          return (
            <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
              {others.map((one) => (
                <li key={one.id}>
                  <Anchor
                    size="sm"
                    lineClamp={2}
                    renderRoot={(props) => (
                      <Link to="/inbox" search={{ tab: 'all', ticket: one.id }} {...props} />
                    )}
                  >
                    {one.subject ?? t('list.noSubject')}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {t(`status.${one.status as 'open' | 'waiting' | 'taken' | 'resolved'}`)} ·{' '}
                    <Time at={one.updatedAt} />
                  </Text>
                </li>
              ))}
            </Stack>
          )
        }}
      </QueryState>
    </section>
  )
}
