/** What was found, best first, and how near it is: by words, by meaning. */
import { Progress, Table, Text } from '@mantine/core'
import { IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { Empty } from '../components/QueryState.tsx'
import type { Row } from './data.ts'
import { FoundName } from './FoundName.tsx'

export function FoundTable({ rows }: { rows: Row[] }) {
  const { t } = useTranslation('ask')
  if (rows.length === 0)
    return (
      <Empty icon={IconSearchOff} title={t('found.nothing')}>
        {t('found.nothingHint')}
      </Empty>
    )
  const best = Math.max(...rows.map(({ score }) => score), Number.EPSILON)
  const traced = rows.some(({ cosine, words }) => cosine != null || words != null)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, by keys too
    <section aria-label={t('found.label')} tabIndex={0} style={{ overflowX: 'auto' }}>
      <Table miw={traced ? 640 : undefined} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={50}>{t('found.rank')}</Table.Th>
            <Table.Th>{t('found.what')}</Table.Th>
            <Table.Th w={90}>{t('found.score')}</Table.Th>
            {traced && (
              <>
                <Table.Th w={110} title={t('found.wordsHelp')}>
                  {t('found.words')}
                </Table.Th>
                <Table.Th w={110} title={t('found.cosineHelp')}>
                  {t('found.cosine')}
                </Table.Th>
              </>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.rank}>
              <Table.Td valign="top">{row.rank}</Table.Td>
              <Table.Td>
                <FoundName row={row} />
              </Table.Td>
              <Table.Td>
                <Bar label={t('found.score')} value={row.score} share={row.score / best} />
              </Table.Td>
              {traced && (
                <>
                  <Table.Td>
                    <Bar label={t('found.words')} value={row.words} share={(row.words ?? 0) / 3} />
                  </Table.Td>
                  <Table.Td>
                    <Bar label={t('found.cosine')} value={row.cosine} share={row.cosine ?? 0} />
                  </Table.Td>
                </>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Bar({ label, value, share }: { label: string; value: number | null | undefined; share: number }) {
  if (value == null) return <Text size="sm">–</Text>
  const text = formatNumber(value, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  return (
    <>
      <Text size="xs">{text}</Text>
      <Progress.Root size="sm" aria-hidden>
        <Progress.Section value={100 * Math.min(1, Math.max(0, share))} aria-label={label} />
      </Progress.Root>
    </>
  )
}
