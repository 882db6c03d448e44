/**
 * A list of which one is chosen. Of a long one only what is in view is in the page, so ten thousand rows stay fast; what
 * that takes comes with the first long list.
 */
import { Box } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useId, useRef, useState } from 'react'

const LongRows = lazy(() => import('./LongRows.tsx'))
const short = 60

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

export interface RowProps {
  ref?: React.Ref<HTMLDivElement>
  style?: React.CSSProperties
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
  const at = items.findIndex((item) => keyOf(item) === selected)
  const whole = items.length <= short && total <= items.length
  // Of a long list, the rows that are in the page.
  const [shown, setShown] = useState<[first: number, last: number]>([0, -1])
  const onShown = useCallback((first: number, last: number) => setShown([first, last]), [])
  useEffect(() => {
    if (whole && at >= 0) document.getElementById(`${id}${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [whole, at, id])
  const move = (to: number) => {
    const index = Math.min(items.length - 1, Math.max(0, to))
    if (items[index] !== undefined) onSelect(items[index], index)
  }
  const row = (index: number, { ref, style }: RowProps = {}) => {
    const item = items[index]!
    const chosen = index === at
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it takes the keys
      <div
        key={keyOf(item)}
        id={`${id}${index}`}
        ref={ref}
        data-index={index}
        role="option"
        tabIndex={-1}
        aria-selected={chosen}
        aria-posinset={index + 1}
        aria-setsize={total}
        onClick={() => onSelect(item, index)}
        style={{
          cursor: 'pointer',
          background: chosen ? 'var(--mantine-primary-color-light)' : undefined,
          ...style,
        }}
      >
        {children(item, index)}
      </div>
    )
  }
  return (
    <Box
      ref={scroller}
      h={height}
      style={{ overflow: 'auto', contain: 'strict' }}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={
        at >= 0 && (whole || (at >= shown[0] && at <= shown[1])) ? `${id}${at}` : undefined
      }
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
      {whole ? (
        items.map((_, index) => row(index))
      ) : (
        <Suspense fallback={items.slice(0, short).map((_, index) => row(index))}>
          <LongRows
            keys={items.map(keyOf)}
            scroller={scroller}
            estimate={estimate}
            at={at}
            onEnd={onEnd}
            onShown={onShown}
            row={row}
          />
        </Suspense>
      )}
    </Box>
  )
}
