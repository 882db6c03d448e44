/** One question, answered: how to read it, the rows, the SQL to take along. */
import { Box, Button, CopyButton, Group, Stack, Table, Text } from '@mantine/core'
import { IconCheck, IconDownload, IconLink, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import {
  formatDay,
  formatDollars,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
  useTimezone,
} from '../app/time.ts'
import { download } from '../components/download.ts'
import { QueryState } from '../components/QueryState.tsx'
import { Snippet } from '../components/Snippet.tsx'
import { useData } from '../graphql/hooks.ts'
import { toCsv } from '../insights/csv.ts'
import { answerQuery } from './documents.ts'
import { type Asked, useWords } from './words.ts'

interface Column {
  name: string
  kind: string
}

/** The column's name says what its numbers are. */
const isShare = (name: string) => /(^|_)rate$|^helpful_(before|after)$|confidence$|^change$/.test(name)
const isCost = (name: string) => /(^|_)cost(_|$)/.test(name)
const isMilliseconds = (name: string) => name.endsWith('_ms')

export default function Answer({ question }: { question: Asked & { sql: string } }) {
  const { t } = useTranslation(['questions', 'common'])
  const words = useWords()
  const { title, reading } = words(question)
  useTimezone()
  const query = useData(answerQuery, { number: question.number }, { staleTime: 60_000 })
  const address = () => new URL(`/questions?n=${question.number}`, location.href).href
  const write = ({ name, kind }: Column, value: string | null) => {
    if (value === null) return '–'
    if (kind === 'boolean') return t(value === 't' ? 'yes' : 'no')
    if (kind === 'date') return formatDay(`${value}T00:00:00Z`, 'UTC')
    if (kind === 'moment') return formatTime(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
    if (kind !== 'number') return value
    const number = Number(value)
    if (isShare(name)) return formatShare(number)
    if (isCost(name)) return formatDollars(number)
    if (isMilliseconds(name)) return formatDuration(number)
    return formatNumber(number, { maximumFractionDigits: 1 })
  }
  return (
    <Stack gap="md">
      <Text size="sm" maw="44rem">
        {reading}
      </Text>
      <QueryState query={query}>
        {({ answerOwnerQuestion: answer }) => {
          if (!answer) return null
          const { columns } = answer
          const rows = answer.rows as (string | null)[][]
          return (
            <Stack gap="xs">
              <Group justify="space-between" gap="xs">
                <Text size="sm" c="dimmed" role="status">
                  {t(answer.truncated ? 'rowsOf' : 'rows', { count: rows.length })} ·{' '}
                  {t('took', { time: formatDuration(answer.ms) })}
                </Text>
                <Group gap="xs">
                  <Button
                    size="compact-sm"
                    variant="light"
                    leftSection={<IconRefresh size={14} aria-hidden />}
                    loading={query.isFetching}
                    onClick={() => void query.refetch()}
                  >
                    {t('again')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="light"
                    leftSection={<IconDownload size={14} aria-hidden />}
                    disabled={rows.length === 0}
                    onClick={() =>
                      download(
                        `question-${question.number}.csv`,
                        toCsv(
                          columns,
                          rows.map((row) => record(columns, row)),
                        ),
                        'text/csv;charset=utf-8',
                      )
                    }
                  >
                    {t('csv')}
                  </Button>
                  <CopyButton value={address()} timeout={2000}>
                    {({ copied, copy }) => (
                      <Button
                        size="compact-sm"
                        variant="light"
                        onClick={copy}
                        leftSection={
                          copied ? <IconCheck size={14} aria-hidden /> : <IconLink size={14} aria-hidden />
                        }
                      >
                        <span aria-live="polite">{t(copied ? 'common:do.copied' : 'link')}</span>
                      </Button>
                    )}
                  </CopyButton>
                </Group>
              </Group>
              {rows.length === 0 ? (
                <Text size="sm" fw={500}>
                  {t('noRows')}
                </Text>
              ) : (
                <Box role="region" aria-label={title} tabIndex={0} mah={480} style={{ overflow: 'auto' }}>
                  <Table aria-label={title} striped stickyHeader fz="sm" verticalSpacing={4}>
                    <Table.Thead>
                      <Table.Tr>
                        {columns.map(({ name, kind }) => (
                          <Table.Th key={name} scope="col" ta={kind === 'number' ? 'right' : 'left'}>
                            {name}
                          </Table.Th>
                        ))}
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {rows.map((row, index) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a question have no identity
                        <Table.Tr key={index}>
                          {columns.map((column, place) => {
                            const text = write(column, row[place] ?? null)
                            return (
                              <Table.Td
                                key={column.name}
                                ta={column.kind === 'number' ? 'right' : 'left'}
                                dir="auto"
                                style={{
                                  whiteSpace: column.kind === 'text' ? 'pre-wrap' : 'nowrap',
                                  fontVariantNumeric: 'tabular-nums',
                                  overflowWrap: 'anywhere',
                                  minWidth: text.length > 24 && column.kind === 'text' ? '14rem' : undefined,
                                }}
                              >
                                {text}
                              </Table.Td>
                            )
                          })}
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Box>
              )}
            </Stack>
          )
        }}
      </QueryState>
      <Snippet label={t('sql')} text={question.sql} />
    </Stack>
  )
}

/** Numbers as numbers, so that a spreadsheet takes -1 for one. */
const record = (columns: Column[], row: (string | null)[]) =>
  Object.fromEntries(
    columns.map(({ name, kind }, place) => {
      const value = row[place] ?? null
      return [name, value !== null && kind === 'number' ? Number(value) : value]
    }),
  )
