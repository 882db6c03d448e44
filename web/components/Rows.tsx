/** Rows of a few columns: a table where there is room, cards on a phone. */
import { Box, Group, Paper, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

interface Column<Row> {
  title: string
  cell: (row: Row) => ReactNode
  /** Takes the room that is left. */
  wide?: boolean
}

interface Props<Row> {
  label: string
  rows: readonly Row[]
  keyOf: (row: Row) => string | number
  /** The first says which row it is. */
  columns: Column<Row>[]
  /** What can be done with a row. */
  actions?: (row: Row) => ReactNode
}

export function Rows<Row>({ label, rows, keyOf, columns, actions }: Props<Row>) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  const list = useRef<HTMLDivElement>(null)
  useFocusKept(list, rows.length)
  if (narrow) {
    const [first, ...rest] = columns
    return (
      <Stack ref={list} tabIndex={-1} role="list" aria-label={label} gap="sm" style={{ outline: 'none' }}>
        {rows.map((row) => (
          <Paper key={keyOf(row)} role="listitem" withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
            <Group justify="space-between" wrap="nowrap" align="flex-start" mb={6}>
              <Box fw={600} miw={0}>
                {first?.cell(row)}
              </Box>
              {actions && <Group gap={4}>{actions(row)}</Group>}
            </Group>
            {rest.map((column) => (
              <Group key={column.title} gap="xs" align="baseline" wrap="nowrap">
                <Text size="xs" c="dimmed" w="7.5rem" flex="none">
                  {column.title}
                </Text>
                <Text size="sm" component="div" miw={0}>
                  {column.cell(row)}
                </Text>
              </Group>
            ))}
          </Paper>
        ))}
      </Stack>
    )
  }
  return (
    <Box ref={list} role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto' }}>
      <Table aria-label={label} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, wide }) => (
              <Table.Th
                key={title}
                scope="col"
                w={wide ? '100%' : undefined}
                style={{ whiteSpace: 'nowrap' }}
              >
                {title}
              </Table.Th>
            ))}
            {actions && (
              <Table.Th scope="col">
                <VisuallyHidden>{t('palette.commands')}</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ title, cell, wide }) => (
                <Table.Td
                  key={title}
                  style={wide ? { overflowWrap: 'anywhere', minWidth: '14rem' } : { whiteSpace: 'nowrap' }}
                >
                  {cell(row)}
                </Table.Td>
              ))}
              {actions && (
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {actions(row)}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}

/** A row that goes takes the focus with it: then the list has it, so that keys go on from there. */
function useFocusKept(list: React.RefObject<HTMLDivElement | null>, count: number) {
  const before = useRef(count)
  useEffect(() => {
    const fewer = count < before.current
    before.current = count
    if (!fewer) return
    // A dialog that closes gives the focus back a moment later.
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) list.current?.focus()
    }, 300)
    return () => clearTimeout(timer)
  }, [count, list])
}
