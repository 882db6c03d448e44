/** List prices by model and day: what the ledger counts with. Admins keep them. */
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { IconCoinOff, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDay, formatNumber, formatShare } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { toast } from '../components/toast.ts'
import type { ApiError } from '../graphql/client.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Price, priceMutation, pricesQuery, removePriceMutation } from './documents.ts'

/** Dollars for a million tokens: as the provider writes it. */
const formatPrice = (value: string | null) =>
  value === null
    ? '–'
    : formatNumber(Number(value), { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })

export default function PricesTab() {
  const { t } = useTranslation(['models', 'common'])
  const { can } = useSession()
  const query = useData(pricesQuery, {})
  const [editing, setEditing] = useState<Partial<Price> | null>(null)
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <div style={{ flex: '1 1 20rem' }}>
          <Title order={2} size="h4">
            {t('prices.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('prices.about')}
          </Text>
        </div>
        {can('admin') && (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing({})}>
            {t('prices.add')}
          </Button>
        )}
      </Group>
      <QueryState query={query}>
        {({ llmPrices }) => {
          const rows = nodesOf(llmPrices)
          if (rows.length === 0)
            return (
              <Empty icon={IconCoinOff} title={t('prices.none')}>
                {t('prices.noneHint')}
              </Empty>
            )
          return <Prices rows={rows} onEdit={setEditing} />
        }}
      </QueryState>
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={editing?.id === undefined ? t('prices.add') : t('prices.edit')}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        {editing && <Form price={editing} onClose={() => setEditing(null)} />}
      </Modal>
    </Stack>
  )
}

function Prices({ rows, onEdit }: { rows: Price[]; onEdit: (price: Partial<Price>) => void }) {
  const { t } = useTranslation(['models', 'common'])
  const { can } = useSession()
  return (
    <Rows
      label={t('prices.title')}
      rows={rows}
      keyOf={(price) => price.id}
      columns={[
        { title: t('prices.model'), wide: true, cell: (price) => price.model },
        { title: t('prices.from'), cell: (price) => formatDay(`${price.validFrom}T00:00:00Z`, 'UTC') },
        { title: t('prices.input'), cell: (price) => formatPrice(price.input) },
        { title: t('prices.cached'), cell: (price) => formatPrice(price.cachedInput) },
        { title: t('prices.written'), cell: (price) => formatPrice(price.cacheWrite) },
        { title: t('prices.output'), cell: (price) => formatPrice(price.output) },
        {
          title: t('prices.batch'),
          cell: (price) => (Number(price.batchFactor) === 1 ? '–' : formatShare(Number(price.batchFactor))),
        },
      ]}
      actions={
        can('admin')
          ? (price) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('prices.editOf', { model: price.model })}
                onClick={() => onEdit(price)}
              >
                {t('common:do.edit')}
              </Button>
            )
          : undefined
      }
    />
  )
}

const today = () => new Date().toISOString().slice(0, 10)

function Form({ price, onClose }: { price: Partial<Price>; onClose: () => void }) {
  const { t } = useTranslation(['models', 'common'])
  const [model, setModel] = useState(price.model ?? '')
  const [from, setFrom] = useState(price.validFrom ?? today())
  const number = (value: string | null | undefined) => (value == null ? '' : Number(value))
  const [sums, setSums] = useState<Record<'input' | 'cached' | 'written' | 'output', string | number>>({
    input: number(price.input),
    cached: number(price.cachedInput),
    written: number(price.cacheWrite),
    output: number(price.output),
  })
  const [batch, setBatch] = useState<string | number>(Math.round(Number(price.batchFactor ?? 1) * 100))
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const options = {
    refreshes: [pricesQuery],
    onError: (error: ApiError) => {
      setRefusal(error)
      return true
    },
  }
  const save = useChange(priceMutation, {
    ...options,
    onSuccess: () => {
      onClose()
      toast({ message: t('prices.saved') })
    },
  })
  const remove = useChange(removePriceMutation, {
    ...options,
    onSuccess: () => {
      onClose()
      toast({ message: t('prices.removed') })
    },
  })
  const sum = (value: string | number) => (value === '' ? null : String(value))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setRefusal(null)
        save.mutate({
          model: model.trim(),
          validFrom: from,
          input: sum(sums.input),
          cachedInput: sum(sums.cached),
          cacheWrite: sum(sums.written),
          output: sum(sums.output),
          batchFactor: String(Number(batch) / 100),
          reason: reason.trim(),
        })
      }}
    >
      <Stack>
        <TextInput
          label={t('prices.model')}
          description={t('prices.modelHint')}
          required
          data-autofocus
          maxLength={200}
          value={model}
          readOnly={price.id !== undefined}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('prices.from')}
          required
          value={from}
          readOnly={price.id !== undefined}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <Group grow align="flex-end">
          {(['input', 'cached'] as const).map((name) => (
            <Sum key={name} name={name} sums={sums} onChange={setSums} />
          ))}
        </Group>
        <Group grow align="flex-end">
          {(['written', 'output'] as const).map((name) => (
            <Sum key={name} name={name} sums={sums} onChange={setSums} />
          ))}
        </Group>
        <NumberInput
          label={t('prices.batchOf')}
          suffix=" %"
          min={1}
          max={100}
          required
          value={batch}
          onChange={setBatch}
        />
        <Textarea
          label={t('common:reason.label')}
          placeholder={t('common:reason.placeholder')}
          required
          autosize
          minRows={2}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refusal && (
          <Alert color="red" role="alert" title={t('common:state.refused')}>
            {refusal.message} {refusal.hint}
          </Alert>
        )}
        <Group justify="space-between">
          {price.id !== undefined ? (
            <Button
              variant="subtle"
              color="red"
              loading={remove.isPending}
              disabled={reason.trim() === ''}
              onClick={() => remove.mutate({ id: price.id!, reason: reason.trim() })}
            >
              {t('common:do.delete')}
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="subtle" onClick={onClose}>
              {t('common:do.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={reason.trim() === ''}>
              {t('common:do.save')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

interface SumProps<Name extends string> {
  name: Name
  sums: Record<Name, string | number>
  onChange: (sums: Record<Name, string | number>) => void
}

function Sum({ name, sums, onChange }: SumProps<'input' | 'cached' | 'written' | 'output'>) {
  const { t } = useTranslation('models')
  return (
    <NumberInput
      label={t(`prices.${name}`)}
      prefix="$"
      min={0}
      decimalScale={6}
      required={name === 'input' || name === 'output'}
      value={sums[name]}
      onChange={(value) => onChange({ ...sums, [name]: value })}
    />
  )
}
