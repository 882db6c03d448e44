/** Where an entry holds, where it comes from, how it was used. */
import { Anchor, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatNumber, formatShare, formatTime, useTimezone } from '../app/time.ts'
import { ProposalLink, TicketLink } from '../components/Links.tsx'
import { Time } from '../components/Time.tsx'
import { readable } from '../sops/names.ts'
import type { Entry } from './documents.ts'
import classes from './knowledge.module.css'
import { sources } from './route.ts'

export function EntryFacts({ entry }: { entry: Entry }) {
  const { t } = useTranslation('knowledge')
  const zone = useTimezone()
  const source = sources.find((one) => one === entry.source)
  const learned = entry.responseByLearnedFrom
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {t('facts')}
      </Title>
      <dl className={classes.facts}>
        <dt>{t('fact.topic')}</dt>
        <dd>
          {readable(entry.category)} / {readable(entry.topic)}
        </dd>
        <dt>{t('fact.site')}</dt>
        <dd>{entry.site?.name ?? t('everywhere')}</dd>
        {entry.validFrom !== null && (
          <>
            <dt>{t('fact.from')}</dt>
            <dd>{formatTime(entry.validFrom, zone)}</dd>
          </>
        )}
        {entry.validTo !== null && (
          <>
            <dt>{t('fact.to')}</dt>
            <dd>{formatTime(entry.validTo, zone)}</dd>
          </>
        )}
        <dt>{t('fact.source')}</dt>
        <dd>
          {source ? t(`source.${source}`) : entry.source}
          {learned && (
            <Text size="sm" dir="auto">
              {t('learnedFrom', { question: learned.question })} <Time at={learned.createdAt} c="dimmed" />{' '}
              {learned.ticketId !== null && (
                <TicketLink id={learned.ticketId} size="sm">
                  {t('conversation', { id: learned.ticketId })}
                </TicketLink>
              )}
            </Text>
          )}
          {entry.improvementId !== null && (
            <>
              {' '}
              <ProposalLink id={entry.improvementId} status="approved" size="sm">
                {t('proposal', { id: entry.improvementId })}
              </ProposalLink>
            </>
          )}
        </dd>
        {entry.sop && (
          <>
            <dt>{t('fact.sop')}</dt>
            <dd>
              <Anchor
                size="sm"
                renderRoot={(props) => (
                  <Link to="/sops/$id" params={{ id: String(entry.sop?.id) }} {...props} />
                )}
              >
                {readable(entry.sop.category)} / {readable(entry.sop.section)}
              </Anchor>
            </dd>
          </>
        )}
        <dt>{t('fact.used')}</dt>
        <dd>
          {entry.usageCount === 0
            ? t('unused')
            : t('rated', {
                helped: formatNumber(entry.successCount),
                count: entry.usageCount,
                share: formatShare(entry.successRate ?? 0),
              })}
        </dd>
        <dt>{t('fact.written')}</dt>
        <dd>
          <Time at={entry.createdAt} />
        </dd>
        <dt>{t('fact.changed')}</dt>
        <dd>
          <Time at={entry.updatedAt} />
        </dd>
      </dl>
    </section>
  )
}
