/** A long list of which one is chosen: only what is in view is in the page, so ten thousand rows stay fast. */
import { Box } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useId, useRef } from 'react'

interface Props<Item> {
  items: Item[]
  keyOf: (item: Item) => string | number
  children: (item: Item, index: number) => ReactNode
  selected: string | number | undefined
  onSelect: (item: Item, index: number) => void
  label: string
  /** Pixels a row has at first; it is measured once it is shown. */
  estimate?: number
  height?: string
  /** The end is near: read more. */
  onEnd?: () => void
  /** How many there are in all, where more than are loaded. */
  total?: number
}

export function VirtualList<Item>({
  items,
  keyOf,
  children,
  selected,
  onSelect,
  label,
  estimate = 64,
  height = 'calc(100dvh - 11rem)',
  onEnd,
  total = items.length,
}: Props<Item>) {
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index) => keyOf(items[index]!),
    overscan: 8,
  })
  const shown = rows.getVirtualItems()
  const at = items.findIndex((item) => keyOf(item) === selected)
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [at, rows])
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= items.length - 10 && items.length > 0) onEnd?.()
  }, [last, items.length, onEnd])
  const move = (to: number) => {
    const index = Math.min(items.length - 1, Math.max(0, to))
    if (items[index] !== undefined) onSelect(items[index], index)
  }
  return (
    <Box
      ref={scroller}
      h={height}
      style={{ overflow: 'auto', contain: 'strict' }}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= 0 && shown.some((row) => row.index === at) ? `${id}${at}` : undefined}
      onKeyDown={(event) => {
        const steps: Record<string, number> = {
          ArrowDown: at + 1,
          ArrowUp: at - 1,
          Home: 0,
          End: items.length - 1,
          PageDown: at + 10,
          PageUp: at - 10,
        }
        const to = steps[event.key]
        if (to === undefined || event.target !== scroller.current) return
        event.preventDefault()
        move(to)
      }}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {shown.map((row) => {
          const item = items[row.index]!
          const chosen = row.index === at
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it takes the keys
            <div
              key={row.key}
              id={`${id}${row.index}`}
              ref={rows.measureElement}
              data-index={row.index}
              role="option"
              tabIndex={-1}
              aria-selected={chosen}
              aria-posinset={row.index + 1}
              aria-setsize={total}
              onClick={() => onSelect(item, row.index)}
              style={{
                position: 'absolute',
                insetInline: 0,
                transform: `translateY(${row.start}px)`,
                cursor: 'pointer',
                background: chosen ? 'var(--mantine-primary-color-light)' : undefined,
              }}
            >
              {children(item, row.index)}
            </div>
          )
        })}
      </div>
    </Box>
  )
}
