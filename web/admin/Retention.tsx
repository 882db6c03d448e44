/** How long each kind of data is kept. */
import { Alert, Button, Group, Modal, NumberInput, Stack, Text, Textarea, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange } from '../graphql/hooks.ts'
import { countsInWords } from './counts.ts'
import { privacyQuery } from './privacy_documents.ts'

const setMutation = graphql(`
  mutation SetRetention($kind: String!, $keep: IntervalInput!, $reason: String!) {
    setRetention(input: { kind: $kind, keep: $keep, reason: $reason }) { result { kind } }
  }
`)

type Data = ResultOf<typeof privacyQuery>
type Rule = NonNullable<NonNullable<Data['retentionRules']>['nodes'][number]>
type Run = NonNullable<NonNullable<Data['retentionRuns']>['nodes'][number]>

/** Days, as PostgreSQL counts a year and a month when it must. */
const daysOf = ({ keep }: Rule) =>
  Math.round(
    (keep.years ?? 0) * 365.25 +
      (keep.months ?? 0) * 30 +
      (keep.days ?? 0) +
      ((keep.hours ?? 0) * 3600) / 86_400,
  )

export function Retention({ rules, lastRun }: { rules: Rule[]; lastRun: Run | null }) {
  const { t } = useTranslation(['privacy', 'common'])
  const { can } = useSession()
  const [changing, setChanging] = useState<Rule | null>(null)
  const change = useChange(setMutation, { refreshes: [privacyQuery] })
  function save(rule: Rule, days: number, reason: string) {
    setChanging(null)
    change.mutate(
      { kind: rule.kind, keep: { days }, reason },
      {
        onSuccess: () =>
          toast({
            message: t('retention.saved'),
            undo: () => change.mutate({ kind: rule.kind, keep: rule.keep, reason: t('retention.undone') }),
          }),
      },
    )
  }
  const problems = Object.entries((lastRun?.problems ?? {}) as Record<string, unknown>)
  const name = (rule: Rule) =>
    t(`retention.kinds.${rule.kind as 'sessions'}.name`, { defaultValue: rule.kind })
  return (
    <section>
      <Title order={2} size="h4">
        {t('retention.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {lastRun ? (
          <>
            {t('retention.lastRun')} <Time at={lastRun.ranAt} />: {countsInWords(lastRun.counts)}
          </>
        ) : (
          t('retention.noRun')
        )}
      </Text>
      {problems.length > 0 && (
        <Alert color="red" mb="sm" title={t('retention.problems')}>
          {problems.map(([kind, problem]) => (
            <Text key={kind} size="sm">
              {kind}: {String(problem)}
            </Text>
          ))}
        </Alert>
      )}
      <Rows
        label={t('retention.title')}
        rows={rules}
        keyOf={(rule) => rule.kind}
        columns={[
          {
            title: t('retention.what'),
            wide: true,
            cell: (rule) => (
              <>
                <Text size="sm" fw={600}>
                  {name(rule)}
                </Text>
                <Text size="sm" c="dimmed" fw={400}>
                  {t(`retention.kinds.${rule.kind as 'sessions'}.about`, { defaultValue: rule.description })}
                </Text>
              </>
            ),
          },
          { title: t('retention.keep'), cell: (rule) => t('retention.days', { count: daysOf(rule) }) },
          { title: t('retention.changed'), cell: (rule) => <Time at={rule.updatedAt} /> },
        ]}
        actions={
          can('admin')
            ? (rule) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('retention.changeOne', { name: name(rule) })}
                  onClick={() => setChanging(rule)}
                >
                  {t('retention.change')}
                </Button>
              )
            : undefined
        }
      />
      <Modal
        opened={changing !== null}
        onClose={() => setChanging(null)}
        title={changing && t('retention.changeOne', { name: name(changing) })}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        {changing && (
          <RuleForm
            key={changing.kind}
            rule={changing}
            onSave={(days, reason) => save(changing, days, reason)}
            onClose={() => setChanging(null)}
          />
        )}
      </Modal>
    </section>
  )
}

interface FormProps {
  rule: Rule
  onSave: (days: number, reason: string) => void
  onClose: () => void
}

function RuleForm({ rule, onSave, onClose }: FormProps) {
  const { t } = useTranslation(['privacy', 'common'])
  const [days, setDays] = useState<number | string>(daysOf(rule))
  const [reason, setReason] = useState('')
  const ready = typeof days === 'number' && days >= 1 && reason.trim() !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) onSave(days, reason.trim())
      }}
    >
      <Stack>
        <NumberInput
          label={t('retention.keepDays')}
          description={t('retention.nextRun')}
          min={1}
          max={36_500}
          allowDecimal={false}
          data-autofocus
          value={days}
          onChange={setDays}
        />
        {typeof days === 'number' && days < daysOf(rule) && (
          <Alert color="orange">{t('retention.shorter')}</Alert>
        )}
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
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" disabled={!ready}>
            {t('common:do.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
