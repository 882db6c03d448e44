/** Adds somebody, or changes the name and role of somebody. */
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../components/toast.ts'
import type { ResultOf } from '../graphql/graphql.ts'
import { useChange } from '../graphql/hooks.ts'
import { createUserMutation, peopleQuery } from './documents.ts'
import { type StaffRole, staffRoles } from './route.ts'

export type Person = NonNullable<NonNullable<ResultOf<typeof peopleQuery>['users']>['nodes'][number]>

interface Props {
  person: Person | 'new' | null
  people: Person[]
  /** Whether a mail server is set. */
  mail: boolean
  onClose: () => void
}

export default function PersonForm({ person, onClose, ...rest }: Props) {
  const { t } = useTranslation(['admin', 'common'])
  const [last, setLast] = useState(person)
  // Who it was about stays in view while the dialog closes.
  if (person && person !== last) setLast(person)
  const known = last === 'new' ? null : last
  return (
    <Modal
      opened={person !== null}
      onClose={onClose}
      title={known ? t('people.changeTitle', { name: known.name }) : t('people.add')}
      closeButtonProps={{ 'aria-label': t('common:do.close') }}
    >
      <Form key={known?.id ?? 'new'} known={known} onClose={onClose} {...rest} />
    </Modal>
  )
}

function Form({ known, people, mail, onClose }: Omit<Props, 'person'> & { known: Person | null }) {
  const { t } = useTranslation(['admin', 'common'])
  const [email, setEmail] = useState(known?.email ?? '')
  const [name, setName] = useState(known?.name ?? '')
  const [role, setRole] = useState<string>(known?.role ?? 'agent')
  const [invite, setInvite] = useState(true)
  const [refusal, setRefusal] = useState<string | null>(null)
  const save = useChange(createUserMutation, {
    refreshes: [peopleQuery],
    onSuccess: () => {
      const mailed = !known && !taken && invite
      toast({
        message: t(mailed ? (mail ? 'people.mailed' : 'people.notMailed') : 'people.saved', {
          email: email.trim(),
          name: name.trim() || email.trim(),
        }),
      })
      onClose()
    },
    onError: (error) => {
      setRefusal(`${error.message} ${error.hint ?? ''}`)
      return true
    },
  })
  const taken = !known && people.find((one) => one.email === email.trim().toLowerCase())
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setRefusal(null)
        save.mutate({ email: email.trim(), role, name: name.trim() || null, invite: !known && invite })
      }}
    >
      <Stack>
        {known ? (
          <Text size="sm" c="dimmed">
            {known.email}
          </Text>
        ) : (
          <TextInput
            type="email"
            label={t('people.email')}
            required
            data-autofocus
            autoComplete="off"
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t('people.name')}
          maxLength={200}
          value={name}
          autoComplete="off"
          data-autofocus={known ? true : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={t('people.role')}
          description={t(`people.may.${role as StaffRole}`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={staffRoles.map((value) => ({ value, label: t(`common:session.role.${value}`) }))}
          value={role}
          onChange={(value) => setRole(value ?? role)}
          allowDeselect={false}
        />
        {!known && (
          <Checkbox
            label={t('people.sendMail')}
            description={mail ? undefined : t('people.noMail')}
            checked={invite}
            onChange={(event) => setInvite(event.currentTarget.checked)}
          />
        )}
        {taken && <Alert color="orange">{t('people.taken', { name: taken.name })}</Alert>}
        {refusal && (
          <Alert color="red" role="alert" title={t('common:state.refused')}>
            {refusal}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t(known ? 'common:do.save' : 'people.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
