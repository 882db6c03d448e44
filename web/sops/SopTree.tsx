/**
 * Categories and their SOPs, thousands of them: only what is in view is in the page. Not the component library's tree:
 * its rows do not say how deep they are, and lose the focus when they leave the view.
 */
import { Badge, Box, Group, Loader, Text } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { readable } from './names.ts'
import classes from './SopTree.module.css'
import type { Row } from './useSopTree.ts'

interface Props {
  rows: Row[]
  /** The SOP that is read. */
  selected: number | undefined
  onToggle: (category: string, open: boolean) => void
  onOpen: (id: number) => void
}

const keyOf = (row: Row) => (row.kind === 'sop' ? `sop${row.sop.id}` : `${row.kind}${row.name}`)

export function SopTree({ rows, selected, onToggle, onOpen }: Props) {
  const { t } = useTranslation('sops')
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [active, setActive] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 34,
    getItemKey: (index) => keyOf(rows[index]!),
    overscan: 12,
  })
  const chosen = rows.findIndex((row) => row.kind === 'sop' && row.sop.id === selected)
  const found = rows.findIndex((row) => keyOf(row) === active)
  const at = found >= 0 ? found : chosen
  // Once it is there; scrolling away from it later is the reader's choice.
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: 'auto' })
    setActive(null)
  }, [chosen, virtual])

  const move = (to: number) => {
    const index = Math.min(rows.length - 1, Math.max(0, to))
    if (rows[index]) setActive(keyOf(rows[index]))
    virtual.scrollToIndex(index, { align: 'auto' })
  }
  const act = (row: Row | undefined) => {
    if (row?.kind === 'sop') onOpen(row.sop.id)
    else if (row?.kind === 'category') onToggle(row.name, !row.open)
  }
  const press = (event: React.KeyboardEvent) => {
    const row = rows[at]
    const parent = rows.findLastIndex((one, index) => index < at && one.kind === 'category')
    const unfold = () => {
      if (row?.kind !== 'category') return
      if (row.open) move(at + 1)
      else onToggle(row.name, true)
    }
    const fold = () => {
      if (row?.kind === 'category' && row.open) onToggle(row.name, false)
      else if (row?.kind !== 'category' && parent >= 0) move(parent)
    }
    const keys = new Map<string, () => void>([
      ['ArrowDown', () => move(at + 1)],
      ['ArrowUp', () => move(at - 1)],
      ['Home', () => move(0)],
      ['End', () => move(rows.length - 1)],
      ['PageDown', () => move(at + 15)],
      ['PageUp', () => move(at - 15)],
      ['Enter', () => act(row)],
      [' ', () => act(row)],
      ['ArrowRight', unfold],
      ['ArrowLeft', fold],
    ])
    const run = keys.get(event.key)
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    run()
  }

  const shown = virtual.getVirtualItems()
  return (
    <Box
      ref={scroller}
      className={classes.tree}
      role="tree"
      aria-label={t('tree.label')}
      tabIndex={0}
      aria-activedescendant={shown.some((row) => row.index === at) ? `${id}${at}` : undefined}
      onKeyDown={press}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {shown.map(({ index, key, start }) => {
          const row = rows[index]!
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names this row
            <div
              key={key}
              id={`${id}${index}`}
              role="treeitem"
              className={classes.row}
              data-active={index === at || undefined}
              aria-level={row.kind === 'category' ? 1 : 2}
              aria-expanded={row.kind === 'category' ? row.open : undefined}
              aria-selected={index === chosen}
              aria-setsize={'of' in row ? row.of : undefined}
              aria-posinset={'at' in row ? row.at : undefined}
              onClick={() => {
                setActive(keyOf(row))
                act(row)
              }}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Label row={row} />
            </div>
          )
        })}
      </div>
    </Box>
  )
}

function Label({ row }: { row: Row }) {
  const { t } = useTranslation('sops')
  if (row.kind === 'loading') return <Loader size="xs" ml={30} aria-label={t('tree.loading')} />
  if (row.kind === 'failed')
    return (
      <Text size="xs" c="var(--mantine-color-error)" pl={30} lineClamp={1}>
        {row.message}
      </Text>
    )
  if (row.kind === 'sop')
    return (
      <Group gap={6} wrap="nowrap" pl={30} pr="xs" style={{ minWidth: 0 }}>
        <Text size="sm" truncate title={readable(row.sop.section)}>
          {readable(row.sop.section)}
        </Text>
        {row.sop.archivedAt !== null && (
          <Badge size="xs" variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
            {t('archived.badge')}
          </Badge>
        )}
      </Group>
    )
  const Sign = row.open ? IconChevronDown : IconChevronRight
  return (
    <Group gap={6} wrap="nowrap" px={6} w="100%" style={{ minWidth: 0 }}>
      <Sign size={16} aria-hidden style={{ flexShrink: 0 }} />
      <Text size="sm" fw={600} truncate style={{ flex: 1 }}>
        {row.label === null ? t('archived.elsewhere') : readable(row.label)}
      </Text>
      {row.count !== null && (
        <Text size="xs" c="dimmed">
          {formatNumber(row.count)}
        </Text>
      )}
    </Group>
  )
}
