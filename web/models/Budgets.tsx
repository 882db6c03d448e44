/** What models may cost in a day and in a month: how much of it is used, and changing it. */
import {
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Paper,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core'
import { IconAlertTriangle, IconHandStop } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDollars, formatShare } from '../app/time.ts'
import { toast } from '../components/toast.ts'
import type { ApiError } from '../graphql/client.ts'
import { useChange } from '../graphql/hooks.ts'
import {
  type Budget,
  budgetMutation,
  budgetOf,
  type ProvidersData,
  providersQuery,
  stateOf,
} from './documents.ts'

const colours = { none: 'gray', open: 'teal', warned: 'orange', stopped: 'red' }

export function Budgets({ data }: { data: ProvidersData }) {
  const { t, i18n } = useTranslation(['models', 'common'])
  const { can } = useSession()
  const unpriced = (data.llmSpend?.unpricedModels ?? []).filter((model) => model !== null)
  const [changing, setChanging] = useState(false)
  const budget = budgetOf(data)
  const states = [stateOf(budget, 'day'), stateOf(budget, 'month')]
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('budget.title')}
        </Title>
        {can('admin') && (
          <Button size="xs" variant="default" onClick={() => setChanging(true)}>
            {t('budget.change')}
          </Button>
        )}
      </Group>
      {states.includes('stopped') ? (
        <Alert color="red" icon={<IconHandStop aria-hidden />} mb="sm" title={t('budget.stopped')}>
          {t('budget.stoppedHint')}
        </Alert>
      ) : states.includes('warned') ? (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} mb="sm" title={t('budget.warned')}>
          {t('budget.warnedHint')}
        </Alert>
      ) : null}
      {unpriced.length > 0 && (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} mb="sm" title={t('budget.unpriced')}>
          {t('budget.unpricedHint', { models: new Intl.ListFormat(i18n.language).format(unpriced) })}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Spent budget={budget} of="day" />
        <Spent budget={budget} of="month" />
      </SimpleGrid>
      <Text size="sm" c="dimmed" mt="xs">
        {t('budget.hint')}
      </Text>
      <Modal
        opened={changing}
        onClose={() => setChanging(false)}
        title={t('budget.change')}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        <Form budget={budget} onClose={() => setChanging(false)} />
      </Modal>
    </section>
  )
}

function Spent({ budget, of }: { budget: Budget; of: 'day' | 'month' }) {
  const { t } = useTranslation('models')
  const { spent, most } = budget[of]
  const state = stateOf(budget, of)
  const share = most === null ? 0 : most === 0 ? 1 : spent / most
  const label = t(`budget.${of}`)
  return (
    <Paper withBorder p="md" component="section" aria-label={label}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {label}
        </Text>
        <Badge variant="light" color={colours[state]} tt="none" miw="max-content">
          {t(`budget.states.${state}`)}
        </Badge>
      </Group>
      <Text fz={26} fw={650} lh={1.25}>
        {formatDollars(spent)}
      </Text>
      {most === null ? (
        <Text size="sm" c="dimmed">
          {t('budget.unlimited')}
        </Text>
      ) : (
        <>
          <Text size="sm" mb={6}>
            {t('budget.of', { most: formatDollars(most), share: formatShare(share) })}
          </Text>
          <Progress.Root size="lg" style={{ position: 'relative' }}>
            <Progress.Section
              value={Math.min(100, share * 100)}
              color={colours[state]}
              aria-label={label}
              aria-valuetext={t('budget.of', { most: formatDollars(most), share: formatShare(share) })}
            />
          </Progress.Root>
          <Text size="xs" c="dimmed" mt={4}>
            {t('budget.warnsAt', { sum: formatDollars(most * budget.warning) })}
          </Text>
        </>
      )}
    </Paper>
  )
}

const numberOf = (value: string | number) => (value === '' ? null : Number(value))

function Form({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const { t } = useTranslation(['models', 'common'])
  const [day, setDay] = useState<string | number>(budget.day.most ?? '')
  const [month, setMonth] = useState<string | number>(budget.month.most ?? '')
  const [warning, setWarning] = useState<string | number>(Math.round(budget.warning * 100))
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const change = useChange(budgetMutation, {
    refreshes: [providersQuery],
    onSuccess: (_, { reason: given }) => {
      onClose()
      // Its own undo is not undone again.
      if (given !== t('budget.undone'))
        toast({
          message: t('budget.saved'),
          undo: () =>
            change.mutate({
              daily: budget.day.most === null ? null : String(budget.day.most),
              monthly: budget.month.most === null ? null : String(budget.month.most),
              warning: budget.warning,
              reason: t('budget.undone'),
            }),
        })
    },
    onError: (error) => {
      setRefusal(error)
      return true
    },
  })
  const money = { min: 0, decimalScale: 2, prefix: '$', allowNegative: false, thousandSeparator: ',' }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setRefusal(null)
        const [daily, monthly] = [numberOf(day), numberOf(month)]
        change.mutate({
          daily: daily === null ? null : String(daily),
          monthly: monthly === null ? null : String(monthly),
          warning: Number(warning) / 100,
          reason: reason.trim(),
        })
      }}
    >
      <Stack>
        <NumberInput
          label={t('budget.daily')}
          description={t('budget.empty')}
          data-autofocus
          {...money}
          value={day}
          onChange={setDay}
        />
        <NumberInput
          label={t('budget.monthly')}
          description={t('budget.empty')}
          {...money}
          value={month}
          onChange={setMonth}
        />
        <NumberInput
          label={t('budget.warning')}
          suffix=" %"
          min={1}
          max={100}
          decimalScale={0}
          required
          value={warning}
          onChange={setWarning}
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
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={change.isPending} disabled={reason.trim() === '' || warning === ''}>
            {t('common:do.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
