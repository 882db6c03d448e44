/** API tokens: one's own, for admins everybody's. */
import { Badge, Button, Code, Group, Switch, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { formatDay } from '../app/time.ts'
import { Confirm } from '../components/Confirm.tsx'
import { lateDialog } from '../components/late.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { SecretOnce } from '../components/SecretOnce.tsx'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { tokensQuery } from './documents.ts'
import type { StaffRole } from './route.ts'

const TokenForm = lateDialog(
  () => import('./TokenForm.tsx'),
  ({ opened }) => opened,
)

export const route = createLazyRoute('/staff/admin/tokens')({ component: Tokens })

const revokeMutation = graphql(`
  mutation RevokeApiToken($apiTokenId: Int!) {
    revokeApiToken(input: { apiTokenId: $apiTokenId }) { result { id revokedAt } }
  }
`)

type Token = NonNullable<NonNullable<ResultOf<typeof tokensQuery>['apiTokens']>['nodes'][number]>

const stateOf = ({ revokedAt, expiresAt }: Token) =>
  revokedAt ? 'revoked' : expiresAt && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'valid'

function Tokens() {
  const { t } = useTranslation(['admin', 'common'])
  const { can, role } = useSession()
  const { ended } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useData(tokensQuery, {})
  const [making, setMaking] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [leaving, setLeaving] = useState<Token | null>(null)
  const revoke = useChange(revokeMutation, {
    refreshes: [tokensQuery],
    onSuccess: () => {
      toast({ message: t('tokens.revokedNow', { name: leaving?.name }) })
      setLeaving(null)
    },
  })
  useShortcuts(can('agent') ? [{ keys: 'n', label: t('tokens.make'), run: () => setMaking(true) }] : [])
  const everybody = can('admin') || role === 'auditor'

  return (
    <>
      <Text size="sm" c="dimmed" mb="md" maw="44rem">
        {t('tokens.about')}
      </Text>
      <Group mb="md" justify="space-between">
        <Switch
          label={t('tokens.showEnded')}
          checked={ended === true}
          onChange={(event) =>
            void navigate({
              search: { ended: event.currentTarget.checked ? true : undefined },
              replace: true,
            })
          }
        />
        {can('agent') && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
            {t('tokens.make')}
          </Button>
        )}
      </Group>
      <QueryState query={query}>
        {(data) => {
          const tokens = (data.apiTokens?.nodes ?? []).filter(
            (one): one is Token => one !== null && (ended === true || stateOf(one) === 'valid'),
          )
          if (tokens.length === 0)
            return (
              <Empty icon={IconKey} title={t('tokens.none')}>
                {t('tokens.noneHint')}
              </Empty>
            )
          return (
            <Rows
              label={t('sections.tokens')}
              rows={tokens}
              keyOf={(one) => one.id}
              columns={[
                {
                  title: t('tokens.name'),
                  wide: true,
                  cell: (one) => (
                    <Group gap="xs">
                      <Text size="sm" fw={600} dir="auto">
                        {one.name}
                      </Text>
                      {stateOf(one) !== 'valid' && (
                        <Badge miw="max-content" color="gray" variant="light">
                          {t(`tokens.states.${stateOf(one)}`)}
                        </Badge>
                      )}
                    </Group>
                  ),
                },
                ...(everybody
                  ? [{ title: t('tokens.owner'), cell: (one: Token) => one.user?.name ?? one.createdBy }]
                  : []),
                {
                  title: t('tokens.role'),
                  cell: (one) =>
                    t(`common:session.role.${one.role as StaffRole}`, { defaultValue: one.role }),
                },
                { title: t('tokens.begins'), cell: (one) => <Code>{one.hint}…</Code> },
                {
                  title: t('tokens.lastUsed'),
                  cell: (one) => (one.lastUsedAt ? <Time at={one.lastUsedAt} /> : t('tokens.never')),
                },
                {
                  title: t('tokens.expires'),
                  cell: (one) => (one.expiresAt ? formatDay(one.expiresAt) : t('tokens.never')),
                },
              ]}
              actions={
                can('agent')
                  ? (one) =>
                      stateOf(one) === 'valid' && (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          color="red"
                          onClick={() => setLeaving(one)}
                          aria-label={t('tokens.revokeOne', { name: one.name })}
                        >
                          {t('tokens.revoke')}
                        </Button>
                      )
                  : undefined
              }
            />
          )
        }}
      </QueryState>
      <TokenForm
        opened={making}
        onClose={() => setMaking(false)}
        onMade={(token) => {
          setMaking(false)
          setSecret(token)
        }}
      />
      <SecretOnce
        title={t('tokens.made')}
        label={t('tokens.token')}
        warning={t('tokens.once')}
        done={t('tokens.stored')}
        secret={secret}
        onClose={() => setSecret(null)}
      />
      <Confirm
        opened={leaving !== null}
        title={t('tokens.revokeOne', { name: leaving?.name })}
        text={t('tokens.revokeText')}
        action={t('tokens.revoke')}
        pending={revoke.isPending}
        onConfirm={() => leaving && revoke.mutate({ apiTokenId: leaving.id })}
        onClose={() => setLeaving(null)}
      />
    </>
  )
}
