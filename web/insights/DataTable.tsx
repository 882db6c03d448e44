/** A chart's numbers: what is drawn, exactly. */
import { Box, Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { AddressLink } from '../components/AddressLink.tsx'
import type { Chart, Row } from './chart.ts'
import { formatValue, numeric } from './values.ts'

export default function DataTable({
  chart,
  rows,
  title,
  height,
}: {
  chart: Chart
  rows: Row[]
  title: string
  height: number | undefined
}) {
  const { t } = useTranslation(['insights', 'common'])
  const { form } = chart
  const linked = form.kind === 'ranking' ? form.label.at(-1) : undefined
  return (
    <Box role="region" aria-label={title} tabIndex={0} mah={height} style={{ overflow: 'auto' }}>
      <Table aria-label={title} striped stickyHeader fz="sm" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {chart.columns.map(({ name, as }) => (
              <Table.Th key={name} scope="col" ta={numeric(as) ? 'right' : 'left'}>
                {t(`columns.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a function have no identity
            <Table.Tr key={index}>
              {chart.columns.map(({ name, as }) => {
                const text = formatValue(t, as, row[name])
                const href = name === linked && form.kind === 'ranking' ? form.to(row) : null
                return (
                  <Table.Td
                    key={name}
                    ta={numeric(as) ? 'right' : 'left'}
                    dir="auto"
                    style={{
                      whiteSpace: as === 'text' ? undefined : 'nowrap',
                      fontVariantNumeric: 'tabular-nums',
                      overflowWrap: 'anywhere',
                      minWidth: name === 'label' ? '12rem' : undefined,
                    }}
                  >
                    {href ? <AddressLink href={href}>{text}</AddressLink> : text}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}
