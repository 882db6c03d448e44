/** Who works here: add, change, invite, lock out. */
import { Badge, Button, Group, NativeSelect, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconPlus, IconSearch, IconUsers } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { lateDialog } from '../components/late.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { createUserMutation, peopleQuery } from './documents.ts'
import { PersonActions } from './PersonActions.tsx'
import type { Person } from './PersonForm.tsx'
import { type StaffRole, staffRoles } from './route.ts'

const PersonForm = lateDialog(
  () => import('./PersonForm.tsx'),
  ({ person }) => person !== null,
)

export const route = createLazyRoute('/staff/admin/people')({ component: People })

const deactivateMutation = graphql(`
  mutation DeactivateUser($userId: Int!, $reason: String!) {
    deactivateUser(input: { userId: $userId, reason: $reason }) { result { id status } }
  }
`)
const inviteMutation = graphql(`
  mutation InviteUser($userId: Int!) { inviteUser(input: { userId: $userId }) { result { id } } }
`)

const colours: Record<string, string> = { active: 'teal', invited: 'blue', deactivated: 'gray' }

function People() {
  const { t } = useTranslation(['admin', 'common'])
  const { can, user } = useSession()
  const { q = '', role } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useData(peopleQuery, {})
  const [form, setForm] = useState<Person | 'new' | null>(null)
  useShortcuts(can('admin') ? [{ keys: 'n', label: t('people.add'), run: () => setForm('new') }] : [])
  const find = useDebouncedCallback(
    (words: string) =>
      void navigate({ search: (before) => ({ ...before, q: words || undefined }), replace: true }),
    200,
  )
  const restore = useChange(createUserMutation, { refreshes: [peopleQuery] })
  const letBackIn = (person: Person) =>
    restore.mutate(
      { email: person.email, role: person.role, name: person.name, invite: false },
      { onSuccess: () => toast({ message: t('people.backIn', { name: person.name }) }) },
    )
  const deactivate = useChange(deactivateMutation, { refreshes: [peopleQuery] })
  const invite = useChange(inviteMutation, { refreshes: [peopleQuery] })

  async function lockOut(person: Person) {
    const reason = await askReason({
      title: t('people.deactivateTitle', { name: person.name }),
      text: t('people.deactivateText'),
      action: t('people.deactivate'),
      suggestions: [t('people.reasonLeft'), t('people.reasonLost')],
      danger: true,
    })
    if (reason === null) return
    deactivate.mutate(
      { userId: person.id, reason },
      {
        onSuccess: () =>
          toast({ message: t('people.deactivated', { name: person.name }), undo: () => letBackIn(person) }),
      },
    )
  }

  return (
    <>
      <Group mb="md" justify="space-between" align="flex-end">
        <Group gap="sm" role="search">
          <TextInput
            defaultValue={q}
            onChange={(event) => find(event.currentTarget.value)}
            leftSection={<IconSearch size={16} aria-hidden />}
            placeholder={t('people.find')}
            aria-label={t('people.find')}
            w={220}
          />
          <NativeSelect
            data={[
              { value: '', label: t('people.everyRole') },
              ...staffRoles.map((value) => ({ value, label: t(`common:session.role.${value}`) })),
            ]}
            value={role ?? ''}
            onChange={({ currentTarget: { value } }) =>
              void navigate({
                search: (before) => ({ ...before, role: staffRoles.find((one) => one === value) }),
              })
            }
            aria-label={t('people.role')}
            w={160}
          />
        </Group>
        {can('admin') && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setForm('new')}>
            {t('people.add')}
          </Button>
        )}
      </Group>
      <QueryState query={query}>
        {(data) => {
          const words = q.toLowerCase()
          const people = (data.users?.nodes ?? []).filter(
            (one) =>
              one !== null &&
              (role === undefined || one.role === role) &&
              `${one.name} ${one.email}`.toLowerCase().includes(words),
          ) as Person[]
          if (people.length === 0)
            return <Empty icon={IconUsers} title={t(q || role ? 'people.noneFound' : 'people.none')} />
          return (
            <Rows
              label={t('sections.people')}
              rows={people}
              keyOf={(one) => one.id}
              columns={[
                {
                  title: t('people.person'),
                  wide: true,
                  cell: (one) => (
                    <>
                      <Text size="sm" fw={600} dir="auto">
                        {one.name}
                        {one.id === user?.id && ` (${t('people.you')})`}
                      </Text>
                      {one.name !== one.email && (
                        <Text size="xs" c="dimmed" fw={400}>
                          {one.email}
                        </Text>
                      )}
                    </>
                  ),
                },
                {
                  title: t('people.role'),
                  cell: (one) =>
                    t(`common:session.role.${one.role as StaffRole}`, { defaultValue: one.role }),
                },
                {
                  title: t('people.status'),
                  cell: (one) => (
                    <Badge miw="max-content" color={colours[one.status ?? '']} variant="light">
                      {t(`people.statuses.${one.status as 'active'}`, { defaultValue: one.status ?? '' })}
                    </Badge>
                  ),
                },
                {
                  title: t('people.lastSeen'),
                  cell: ({ sessions }) => {
                    const at = sessions.nodes[0]?.lastSeenAt
                    return at ? <Time at={at} /> : '–'
                  },
                },
                { title: t('people.since'), cell: (one) => <Time at={one.createdAt} /> },
              ]}
              actions={
                can('admin')
                  ? (one) => (
                      <PersonActions
                        person={one}
                        onChange={() => setForm(one)}
                        onInvite={() =>
                          invite.mutate(
                            { userId: one.id },
                            {
                              onSuccess: () =>
                                toast({
                                  message: t(
                                    data.system?.mailConfigured ? 'people.mailed' : 'people.notMailed',
                                    { email: one.email },
                                  ),
                                }),
                            },
                          )
                        }
                        onLetBackIn={() => letBackIn(one)}
                        onLockOut={() => void lockOut(one)}
                      />
                    )
                  : undefined
              }
            />
          )
        }}
      </QueryState>
      <PersonForm
        person={form}
        people={(query.data?.users?.nodes ?? []) as Person[]}
        mail={query.data?.system?.mailConfigured ?? false}
        onClose={() => setForm(null)}
      />
    </>
  )
}
