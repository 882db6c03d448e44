/** Logins: where and when, and an end to one. */
import { Badge, Button, Group, Switch, Text } from '@mantine/core'
import { IconDeviceDesktop } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { logOut, useSession } from '../app/session.ts'
import { Confirm } from '../components/Confirm.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { deviceOf } from './device.ts'

export const route = createLazyRoute('/staff/admin/sessions')({ component: Sessions })

const sessionsQuery = graphql(`
  query Sessions {
    sessions(orderBy: [LAST_SEEN_AT_DESC], first: 500) {
      totalCount
      nodes { id address userAgent createdAt lastSeenAt expiresAt revokedAt user { id name } }
    }
  }
`)
const revokeMutation = graphql(`
  mutation RevokeSession($sessionId: UUID!) {
    revokeSession(input: { sessionId: $sessionId }) { result { id revokedAt } }
  }
`)

type Login = NonNullable<NonNullable<ResultOf<typeof sessionsQuery>['sessions']>['nodes'][number]>

const hasEnded = ({ revokedAt, expiresAt }: Login) =>
  revokedAt !== null || Date.parse(expiresAt) <= Date.now()

function Sessions() {
  const { t } = useTranslation(['admin', 'common'])
  const { can, role, session } = useSession()
  const { ended } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useData(sessionsQuery, {})
  const [leaving, setLeaving] = useState<Login | null>(null)
  const revoke = useChange(revokeMutation, {
    refreshes: [sessionsQuery],
    onSuccess: () => {
      toast({ message: t('sessions.endedNow') })
      setLeaving(null)
    },
  })
  const everybody = can('admin') || role === 'auditor'

  return (
    <>
      <Switch
        mb="md"
        label={t('sessions.showEnded')}
        checked={ended === true}
        onChange={(event) =>
          void navigate({ search: { ended: event.currentTarget.checked ? true : undefined }, replace: true })
        }
      />
      <QueryState query={query}>
        {(data) => {
          const logins = (data.sessions?.nodes ?? []).filter(
            (one): one is Login => one !== null && (ended === true || !hasEnded(one)),
          )
          if (logins.length === 0) return <Empty icon={IconDeviceDesktop} title={t('sessions.none')} />
          return (
            <Rows
              label={t('sections.sessions')}
              rows={logins}
              keyOf={(one) => one.id}
              columns={[
                {
                  title: t('sessions.device'),
                  wide: true,
                  cell: (one) => (
                    <Group gap="xs">
                      <Text size="sm" fw={600} title={one.userAgent ?? undefined}>
                        {deviceOf(one.userAgent) ?? t('sessions.unknownDevice')}
                      </Text>
                      {one.id === session && (
                        <Badge miw="max-content" variant="light">
                          {t('sessions.current')}
                        </Badge>
                      )}
                      {hasEnded(one) && (
                        <Badge miw="max-content" color="gray" variant="light">
                          {t('sessions.ended')}
                        </Badge>
                      )}
                    </Group>
                  ),
                },
                ...(everybody
                  ? [{ title: t('sessions.person'), cell: (one: Login) => one.user?.name ?? '–' }]
                  : []),
                { title: t('sessions.address'), cell: (one) => one.address ?? '–' },
                { title: t('sessions.begun'), cell: (one) => <Time at={one.createdAt} /> },
                { title: t('sessions.lastSeen'), cell: (one) => <Time at={one.lastSeenAt} /> },
              ]}
              actions={
                can('agent')
                  ? (one) =>
                      !hasEnded(one) && (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          color="red"
                          onClick={() => setLeaving(one)}
                          aria-label={t('sessions.endOne', {
                            device: deviceOf(one.userAgent) ?? one.address,
                          })}
                        >
                          {t('sessions.end')}
                        </Button>
                      )
                  : undefined
              }
            />
          )
        }}
      </QueryState>
      <Confirm
        opened={leaving !== null}
        title={t('sessions.endTitle')}
        text={t(leaving?.id === session ? 'sessions.endOwn' : 'sessions.endText', {
          device: leaving && (deviceOf(leaving.userAgent) ?? t('sessions.unknownDevice')),
          name: leaving?.user?.name,
        })}
        action={t('sessions.end')}
        pending={revoke.isPending}
        onConfirm={() => {
          if (leaving?.id === session) void logOut()
          else if (leaving) revoke.mutate({ sessionId: leaving.id })
        }}
        onClose={() => setLeaving(null)}
      />
    </>
  )
}
