/** Customers' data: how long it is kept, and what somebody asks for: their data, or its end. */
import { Stack, Text, Title } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { countsInWords } from './counts.ts'
import { PersonalData } from './PersonalData.tsx'
import { privacyQuery } from './privacy_documents.ts'
import { Retention } from './Retention.tsx'

export const route = createLazyRoute('/staff/admin/privacy')({ component: Privacy })

function Privacy() {
  const { t } = useTranslation('privacy')
  const { can } = useSession()
  const query = useData(privacyQuery, {})
  return (
    <QueryState query={query}>
      {({ retentionRules, retentionRuns, privacyActions }) => {
        const actions = (privacyActions?.nodes ?? []).filter((one) => one !== null)
        return (
          <Stack gap="xl">
            {can('admin') && <PersonalData />}
            <Retention
              rules={(retentionRules?.nodes ?? []).filter((one) => one !== null)}
              lastRun={retentionRuns?.nodes[0] ?? null}
            />
            <section>
              <Title order={2} size="h4">
                {t('privacy.done')}
              </Title>
              <Text size="sm" c="dimmed" mb="sm">
                {t('privacy.doneAbout')}
              </Text>
              {actions.length === 0 ? (
                <Empty icon={IconShieldLock} title={t('privacy.noneDone')} />
              ) : (
                <Rows
                  label={t('privacy.done')}
                  rows={actions}
                  keyOf={(one) => one.id}
                  columns={[
                    {
                      title: t('privacy.what'),
                      wide: true,
                      cell: (one) => (
                        <>
                          <Text size="sm" fw={600}>
                            {t(`privacy.kinds.${one.kind as 'export'}`, { defaultValue: one.kind })}
                          </Text>
                          {one.reason && (
                            <Text size="sm" fw={400} dir="auto">
                              {one.reason}
                            </Text>
                          )}
                        </>
                      ),
                    },
                    {
                      title: t('privacy.reference'),
                      cell: (one) => (
                        <span title={one.reference}>
                          {one.reference.length > 24 ? `${one.reference.slice(0, 12)}…` : one.reference}
                        </span>
                      ),
                    },
                    { title: t('privacy.counts'), wide: true, cell: (one) => countsInWords(one.counts) },
                    { title: t('privacy.who'), cell: (one) => one.actor },
                    { title: t('privacy.when'), cell: (one) => <Time at={one.createdAt} exact /> },
                  ]}
                />
              )}
            </section>
          </Stack>
        )
      }}
    </QueryState>
  )
}
