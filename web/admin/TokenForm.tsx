/** Makes an API token. */
import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { has, type Role, useSession } from '../app/session.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { peopleQuery, tokensQuery } from './documents.ts'

const createMutation = graphql(`
  mutation CreateApiToken($name: String!, $role: String!, $expiresAt: Datetime, $userId: Int) {
    createApiToken(input: { name: $name, role: $role, expiresAt: $expiresAt, userId: $userId }) {
      result { id token }
    }
  }
`)

/** Days that it is good for; 0: for good. */
const lifetimes = [30, 90, 365, 0]
/** customer asks on behalf of visitors; the others are at most what the owner is. */
const roles = ['customer', 'agent', 'reviewer', 'admin', 'auditor'] as const
const mayGive = (owner: Role, role: (typeof roles)[number]) =>
  role === 'customer' || role === owner || (role !== 'auditor' && owner !== 'auditor' && has(owner, role))

interface Props {
  opened: boolean
  onClose: () => void
  onMade: (token: string) => void
}

export default function TokenForm({ opened, onClose, onMade }: Props) {
  const { t } = useTranslation(['admin', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('tokens.make')}
      closeButtonProps={{ 'aria-label': t('common:do.close') }}
    >
      <Form onClose={onClose} onMade={onMade} />
    </Modal>
  )
}

function Form({ onClose, onMade }: Omit<Props, 'opened'>) {
  const { t } = useTranslation(['admin', 'common'])
  const { user, role: own, can } = useSession()
  const { data } = useData(peopleQuery, {}, { enabled: can('admin') })
  const [name, setName] = useState('')
  const [role, setRole] = useState<string>('customer')
  const [days, setDays] = useState('90')
  const [owner, setOwner] = useState(String(user?.id ?? ''))
  const [refusal, setRefusal] = useState<string | null>(null)
  const create = useChange(createMutation, {
    refreshes: [tokensQuery],
    onSuccess: ({ createApiToken }) => onMade(createApiToken?.result?.token ?? ''),
    onError: (error) => {
      setRefusal(`${error.message} ${error.hint ?? ''}`)
      return true
    },
  })
  const people = (data?.users?.nodes ?? []).flatMap((one) =>
    one && one.status !== 'deactivated' ? [one] : [],
  )
  const ownersRole = (people.find((one) => String(one.id) === owner)?.role ?? own) as Role
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setRefusal(null)
        create.mutate({
          name: name.trim(),
          role,
          expiresAt: days === '0' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
          userId: owner === '' || owner === String(user?.id) ? null : Number(owner),
        })
      }}
    >
      <Stack>
        <TextInput
          label={t('tokens.name')}
          description={t('tokens.nameHint')}
          required
          data-autofocus
          autoComplete="off"
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {can('admin') && people.length > 0 && (
          <Select
            label={t('tokens.owner')}
            data={people.map((one) => ({ value: String(one.id), label: one.name }))}
            value={owner}
            onChange={(value) => setOwner(value ?? owner)}
            allowDeselect={false}
            searchable
          />
        )}
        <Select
          label={t('tokens.role')}
          description={t('tokens.roleHint')}
          data={roles
            .filter((one) => mayGive(ownersRole, one))
            .map((value) => ({ value, label: t(`common:session.role.${value}`) }))}
          value={role}
          onChange={(value) => setRole(value ?? role)}
          allowDeselect={false}
        />
        <Select
          label={t('tokens.expires')}
          data={lifetimes.map((count) => ({
            value: String(count),
            label: count === 0 ? t('tokens.never') : t('tokens.inDays', { count }),
          }))}
          value={days}
          onChange={(value) => setDays(value ?? days)}
          allowDeselect={false}
        />
        {refusal && (
          <Alert color="red" role="alert" title={t('common:state.refused')}>
            {refusal}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
