/** Which entries of the audit log are shown; all of it is in the address. */
import '@mantine/dates/styles.css'
import { Autocomplete, Button, Group, Pill, TextInput } from '@mantine/core'
import { DatePickerInput, DatesProvider } from '@mantine/dates'
import 'dayjs/locale/de.js'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useData } from '../graphql/hooks.ts'
import { peopleQuery } from './documents.ts'
import type { AuditSearch } from './route.ts'

/** Tables whose changes are written down (sql/triggers/audit.sql), and jobs, whose decisions are. */
const tables = [
  'api_tokens',
  'club_settings',
  'emergency_signals',
  'improvement_queue',
  'jobs',
  'knowledge_base',
  'knowledge_questions',
  'privacy_actions',
  'prompts',
  'retention_rules',
  'sessions',
  'sites',
  'sops',
  'tickets',
  'users',
  'webhooks',
]

interface Props {
  search: AuditSearch
  onChange: (part: Partial<AuditSearch>) => void
}

export function AuditFilters({ search, onChange }: Props) {
  const { t, i18n } = useTranslation(['admin', 'common'])
  const { data } = useData(peopleQuery, {}, { staleTime: 60_000 })
  const actors = [...new Set(['worker', ...(data?.users?.nodes ?? []).flatMap((one) => one?.email ?? [])])]
  const filtered = Object.values(search).some((value) => value !== undefined)
  return (
    <Group gap="sm" mb="md" align="flex-end" role="search" aria-label={t('audit.filters')}>
      <Suggested
        label={t('audit.table')}
        value={search.table}
        choices={tables}
        onChange={(table) => onChange({ table })}
      />
      <Typed label={t('audit.row')} value={search.row} onChange={(row) => onChange({ row })} />
      <Suggested
        label={t('audit.actor')}
        value={search.actor}
        choices={actors}
        onChange={(actor) => onChange({ actor })}
      />
      <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
        <DatePickerInput
          label={t('audit.from')}
          value={search.from ?? null}
          onChange={(from) => onChange({ from: from ?? undefined })}
          maxDate={search.to}
          clearable
          clearButtonProps={{ 'aria-label': t('common:do.clear') }}
          valueFormat={t('audit.dateFormat')}
          w={{ base: 'calc(50% - 0.4rem)', xs: 150 }}
        />
        <DatePickerInput
          label={t('audit.to')}
          value={search.to ?? null}
          onChange={(to) => onChange({ to: to ?? undefined })}
          minDate={search.from}
          clearable
          clearButtonProps={{ 'aria-label': t('common:do.clear') }}
          valueFormat={t('audit.dateFormat')}
          w={{ base: 'calc(50% - 0.4rem)', xs: 150 }}
        />
      </DatesProvider>
      {search.transaction && (
        <Pill
          size="lg"
          withRemoveButton
          removeButtonProps={{ 'aria-label': t('audit.everyTransaction'), 'aria-hidden': false, tabIndex: 0 }}
          onRemove={() => onChange({ transaction: undefined })}
        >
          {t('audit.transaction', { id: search.transaction })}
        </Pill>
      )}
      {filtered && (
        <Button
          variant="subtle"
          onClick={() =>
            onChange({
              table: undefined,
              row: undefined,
              actor: undefined,
              transaction: undefined,
              from: undefined,
              to: undefined,
            })
          }
        >
          {t('common:do.clear')}
        </Button>
      )}
    </Group>
  )
}

interface FieldProps {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** What is typed counts from Enter on, or when the field is left: half a name finds nothing. */
function useTyped({ value, onChange }: Omit<FieldProps, 'label'>) {
  const [typed, setTyped] = useState(value ?? '')
  useEffect(() => setTyped(value ?? ''), [value])
  const take = (next: string) => {
    const said = next.trim() || undefined
    if (said !== value) onChange(said)
  }
  return {
    typed,
    setTyped,
    take,
    handlers: {
      onBlur: () => take(typed),
      onKeyDown: (event: React.KeyboardEvent) => {
        if (event.key === 'Enter') take(typed)
      },
    },
  }
}

function Typed({ label, ...rest }: FieldProps) {
  const { typed, setTyped, handlers } = useTyped(rest)
  return (
    <TextInput
      label={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      {...handlers}
      w={{ base: 'calc(50% - 0.4rem)', xs: 110 }}
    />
  )
}

function Suggested({ label, choices, ...rest }: FieldProps & { choices: string[] }) {
  const { typed, setTyped, take, handlers } = useTyped(rest)
  return (
    <Autocomplete
      label={label}
      data={choices}
      value={typed}
      onChange={setTyped}
      onOptionSubmit={take}
      {...handlers}
      w={{ base: 'calc(50% - 0.4rem)', xs: 200 }}
    />
  )
}
