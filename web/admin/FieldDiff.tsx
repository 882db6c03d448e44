/** A row before and after, field by field: what changed first, what stayed on demand. */
import { Box, Button, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

type Fields = Record<string, unknown>
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

const most = 2000
const write = (value: unknown): string => {
  if (value === undefined || value === null) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1)
  return text.length > most ? `${text.slice(0, most)} …` : text
}
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export function FieldDiff({ before, after, label }: { before: unknown; after: unknown; label: string }) {
  const { t } = useTranslation('admin')
  const [all, setAll] = useState(false)
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  const changed = names.filter((name) => !same(old[name], now[name]))
  const stayed = names.length - changed.length
  const shown = all ? names : changed
  return (
    <Box mt="sm">
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('audit.nothingChanged')}
        </Text>
      ) : (
        <Box role="region" aria-label={label} tabIndex={0} mah={420} style={{ overflow: 'auto' }}>
          <Table aria-label={label} withTableBorder layout="fixed" miw="28rem">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col" w="26%">
                  {t('audit.field')}
                </Table.Th>
                <Table.Th scope="col">{t('audit.before')}</Table.Th>
                <Table.Th scope="col">{t('audit.after')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((name) => {
                const differs = !same(old[name], now[name])
                return (
                  <Table.Tr key={name}>
                    <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
                      {name}
                    </Table.Th>
                    <Value text={write(old[name])} as={differs && name in old ? 'del' : 'span'} />
                    <Value text={write(now[name])} as={differs && name in now ? 'ins' : 'span'} />
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </Box>
      )}
      {stayed > 0 && (
        <Button size="compact-xs" variant="subtle" mt={4} onClick={() => setAll(!all)}>
          {t(all ? 'audit.onlyChanged' : 'audit.alsoSame', { count: stayed })}
        </Button>
      )}
    </Box>
  )
}

const Value = ({ text, as: Mark }: { text: string; as: 'ins' | 'del' | 'span' }) => (
  <Table.Td style={{ verticalAlign: 'top', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} dir="auto">
    <Mark>{text}</Mark>
  </Table.Td>
)
