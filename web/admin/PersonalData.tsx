/** What a customer may ask for: a copy of what is stored of them, or that it is erased. */
import { Alert, Button, Group, List, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCircleCheck, IconDownload, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddressLink } from '../components/AddressLink.tsx'
import { Confirm } from '../components/Confirm.tsx'
import { download } from '../components/download.ts'
import { toast } from '../components/toast.ts'
import { type ApiError, request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import { refresh } from '../graphql/hooks.ts'
import { countsInWords } from './counts.ts'
import { privacyQuery } from './privacy_documents.ts'
import { addressOf } from './row_address.ts'

const exportVisitor = graphql(`
  mutation ExportPersonalData($visitorId: UUID!) { exportPersonalData(input: { visitorId: $visitorId }) { result } }
`)
const exportTicket = graphql(`
  mutation ExportConversation($ticketId: Int!) { exportConversation(input: { ticketId: $ticketId }) { result } }
`)
const eraseVisitor = graphql(`
  mutation ErasePersonalData($visitorId: UUID!, $reason: String!) {
    erasePersonalData(input: { visitorId: $visitorId, reason: $reason }) { result }
  }
`)
const eraseTicket = graphql(`
  mutation EraseConversation($ticketId: Int!, $reason: String!) {
    eraseConversation(input: { ticketId: $ticketId, reason: $reason }) { result }
  }
`)

type By = 'visitor' | 'ticket'
interface Erased {
  counts?: unknown
  to_review?: { kind: string; id: number; status?: string; name?: string }[]
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const isWhole = (by: By, id: string) => (by === 'visitor' ? uuid.test(id) : /^\d{1,9}$/.test(id))
const tables: Record<string, string> = {
  proposal: 'improvement_queue',
  sop: 'sops',
  knowledge: 'knowledge_base',
}

export function PersonalData() {
  const { t } = useTranslation(['privacy', 'common'])
  const client = useQueryClient()
  const [by, setBy] = useState<By>('visitor')
  const [given, setGiven] = useState('')
  const [asking, setAsking] = useState(false)
  const id = given.trim()
  const ready = isWhole(by, id)
  const settled = () => refresh(client, [privacyQuery])

  const take = useMutation<unknown, ApiError>({
    mutationFn: async () =>
      by === 'visitor'
        ? (await request(exportVisitor, { visitorId: id })).exportPersonalData?.result
        : (await request(exportTicket, { ticketId: Number(id) })).exportConversation?.result,
    onSuccess: (data) => {
      download(`${by}-${id}.json`, JSON.stringify(data, null, 2), 'application/json')
      toast({ message: t('privacy.exported') })
    },
    onSettled: settled,
  })
  const erase = useMutation<Erased, ApiError, string>({
    mutationFn: async (reason) =>
      ((by === 'visitor'
        ? (await request(eraseVisitor, { visitorId: id, reason })).erasePersonalData?.result
        : (await request(eraseTicket, { ticketId: Number(id), reason })).eraseConversation?.result) ??
        {}) as Erased,
    onSuccess: () => {
      setAsking(false)
      setGiven('')
    },
    onSettled: settled,
  })
  const refusal = (error: ApiError | null) => error && `${error.message} ${error.hint ?? ''}`

  return (
    <section>
      <Title order={2} size="h4">
        {t('privacy.request')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw="48rem">
        {t('privacy.requestAbout')}
      </Text>
      <Stack gap="sm" maw="40rem">
        <SegmentedControl
          aria-label={t('privacy.by')}
          value={by}
          onChange={(value) => {
            setBy(value as By)
            setGiven('')
          }}
          data={[
            { value: 'visitor', label: t('privacy.visitor') },
            { value: 'ticket', label: t('privacy.ticket') },
          ]}
        />
        <TextInput
          label={t(by === 'visitor' ? 'privacy.visitorId' : 'privacy.ticketId')}
          description={t(by === 'visitor' ? 'privacy.visitorHint' : 'privacy.ticketHint')}
          value={given}
          autoComplete="off"
          inputMode={by === 'ticket' ? 'numeric' : undefined}
          error={id !== '' && !ready && t(by === 'visitor' ? 'privacy.notVisitor' : 'privacy.notTicket')}
          onChange={(event) => setGiven(event.currentTarget.value)}
        />
        <Group>
          <Button
            variant="default"
            disabled={!ready}
            loading={take.isPending}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => take.mutate()}
          >
            {t('privacy.export')}
          </Button>
          <Button
            color="red"
            variant="light"
            disabled={!ready}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => {
              erase.reset()
              setAsking(true)
            }}
          >
            {t('privacy.erase')}
          </Button>
        </Group>
        {take.error && (
          <Alert color="red" role="alert" title={t('common:state.refused')}>
            {refusal(take.error)}
          </Alert>
        )}
        {erase.data && <Done erased={erase.data} />}
      </Stack>
      <Confirm
        opened={asking}
        title={t('privacy.eraseTitle')}
        text={t(by === 'visitor' ? 'privacy.eraseVisitor' : 'privacy.eraseTicket', { id })}
        action={t('privacy.erase')}
        typed={{ label: t('privacy.typed', { word: t('privacy.word') }), text: t('privacy.word') }}
        reason
        pending={erase.isPending}
        refusal={refusal(erase.error)}
        onConfirm={(reason) => erase.mutate(reason)}
        onClose={() => setAsking(false)}
      />
    </section>
  )
}

/** What is gone, and what a person must look at, since it may quote the customer. */
function Done({ erased }: { erased: Erased }) {
  const { t } = useTranslation('privacy')
  const left = erased.to_review ?? []
  return (
    <Alert color="teal" role="status" icon={<IconCircleCheck />} title={t('privacy.erased')}>
      <Text size="sm">{countsInWords(erased.counts)}</Text>
      {left.length > 0 && (
        <>
          <Text size="sm" mt="xs">
            {t('privacy.toReview')}
          </Text>
          <List size="sm">
            {left.map((one) => {
              const href = addressOf({
                tableName: tables[one.kind] ?? '',
                rowId: String(one.id),
                old: null,
                new: one,
              })
              const label = `${t(`privacy.things.${one.kind as 'sop'}`, { defaultValue: one.kind })} ${one.name ?? one.id}`
              return (
                <List.Item key={`${one.kind} ${one.id}`}>
                  {href ? <AddressLink href={href}>{label}</AddressLink> : label}
                </List.Item>
              )
            })}
          </List>
        </>
      )}
    </Alert>
  )
}
