/** The rows of a long list that are in view. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useEffect } from 'react'
import type { RowProps } from './VirtualList.tsx'

interface Props {
  keys: (string | number)[]
  scroller: RefObject<HTMLDivElement | null>
  estimate: number
  /** The chosen one; it is scrolled to. */
  at: number
  onEnd: (() => void) | undefined
  onShown: (first: number, last: number) => void
  row: (index: number, props: RowProps) => ReactNode
}

export default function LongRows({ keys, scroller, estimate, at, onEnd, onShown, row }: Props) {
  const rows = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index) => keys[index]!,
    overscan: 8,
  })
  const shown = rows.getVirtualItems()
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [at, rows])
  const first = shown[0]?.index ?? 0
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    onShown(first, last)
    if (last >= keys.length - 10 && keys.length > 0) onEnd?.()
  }, [first, last, keys.length, onEnd, onShown])
  return (
    <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
      {shown.map(({ index, start }) =>
        row(index, {
          ref: rows.measureElement,
          style: { position: 'absolute', insetInline: 0, transform: `translateY(${start}px)` },
        }),
      )}
    </div>
  )
}
