/** Addresses outside that are told of events: add one, with its signing key shown once; delete one. */
import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Confirm } from '../components/Confirm.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { SecretOnce } from '../components/SecretOnce.tsx'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'

const webhooksQuery = graphql(`
  query Webhooks {
    webhooks(orderBy: [ID_ASC], first: 200) { nodes { id url events isActive createdBy createdAt } }
  }
`)
const createMutation = graphql(`
  mutation CreateWebhook($url: String!, $events: [String]!) {
    createWebhook(input: { url: $url, events: $events }) { result { id signingKey } }
  }
`)
const deleteMutation = graphql(`
  mutation DeleteWebhook($webhookId: Int!) { deleteWebhook(input: { webhookId: $webhookId }) { result } }
`)

const events = [
  'urgent_ticket',
  'job_dead',
  'audit_broken',
  'audit_head',
  'llm_budget',
  'experiment',
  'backup_failed',
] as const
type Webhook = NonNullable<NonNullable<ResultOf<typeof webhooksQuery>['webhooks']>['nodes'][number]>

export function Webhooks() {
  const { t } = useTranslation(['admin', 'common'])
  const { can } = useSession()
  const query = useData(webhooksQuery, {})
  const [adding, setAdding] = useState(false)
  const [key, setKey] = useState<string | null>(null)
  const [leaving, setLeaving] = useState<Webhook | null>(null)
  const remove = useChange(deleteMutation, {
    refreshes: [webhooksQuery],
    onSuccess: () => {
      toast({ message: t('webhooks.deleted') })
      setLeaving(null)
    },
  })
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2} size="h4">
            {t('webhooks.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('webhooks.about')}
          </Text>
        </div>
        {can('admin') && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('webhooks.add')}
          </Button>
        )}
      </Group>
      <QueryState query={query}>
        {(data) => {
          const webhooks = (data.webhooks?.nodes ?? []).filter((one) => one !== null)
          if (webhooks.length === 0) return <Empty icon={IconWebhook} title={t('webhooks.none')} />
          return (
            <Rows
              label={t('webhooks.title')}
              rows={webhooks}
              keyOf={(one) => one.id}
              columns={[
                { title: t('webhooks.url'), wide: true, cell: (one) => one.url },
                {
                  title: t('webhooks.events'),
                  cell: (one) =>
                    one.events
                      .map((event) => t(`outbox.kinds.${event as 'job_dead'}`, { defaultValue: event ?? '' }))
                      .join(', '),
                },
                { title: t('webhooks.by'), cell: (one) => one.createdBy },
                { title: t('webhooks.since'), cell: (one) => <Time at={one.createdAt} /> },
              ]}
              actions={
                can('admin')
                  ? (one) => (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="red"
                        aria-label={t('webhooks.deleteOne', { url: one.url })}
                        onClick={() => setLeaving(one)}
                      >
                        {t('common:do.delete')}
                      </Button>
                    )
                  : undefined
              }
            />
          )
        }}
      </QueryState>
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={t('webhooks.add')}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        <WebhookForm
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setAdding(false)
            setKey(made)
          }}
        />
      </Modal>
      <SecretOnce
        title={t('webhooks.made')}
        label={t('webhooks.key')}
        warning={t('webhooks.once')}
        done={t('tokens.stored')}
        secret={key}
        onClose={() => setKey(null)}
      />
      <Confirm
        opened={leaving !== null}
        title={t('webhooks.deleteTitle')}
        text={t('webhooks.deleteText', { url: leaving?.url })}
        action={t('common:do.delete')}
        pending={remove.isPending}
        onConfirm={() => leaving && remove.mutate({ webhookId: leaving.id })}
        onClose={() => setLeaving(null)}
      />
    </section>
  )
}

function WebhookForm({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { t } = useTranslation(['admin', 'common'])
  const [url, setUrl] = useState('')
  const [chosen, setChosen] = useState<string[]>(['urgent_ticket'])
  const [refusal, setRefusal] = useState<string | null>(null)
  const create = useChange(createMutation, {
    refreshes: [webhooksQuery],
    onSuccess: ({ createWebhook }) => onMade(createWebhook?.result?.signingKey ?? ''),
    onError: (error) => {
      setRefusal(`${error.message} ${error.hint ?? ''}`)
      return true
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setRefusal(null)
        create.mutate({ url: url.trim(), events: chosen })
      }}
    >
      <Stack>
        <TextInput
          type="url"
          label={t('webhooks.url')}
          description={t('webhooks.urlHint')}
          placeholder="https://example.com/hooks/clubos"
          required
          data-autofocus
          autoComplete="off"
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Checkbox.Group label={t('webhooks.events')} value={chosen} onChange={setChosen}>
          <Stack gap="xs" mt={4}>
            {events.map((event) => (
              <Checkbox key={event} value={event} label={t(`outbox.kinds.${event}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        {refusal && (
          <Alert color="red" role="alert" title={t('common:state.refused')}>
            {refusal}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={chosen.length === 0}>
            {t('webhooks.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
