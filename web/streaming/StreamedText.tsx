/**
 * Text as it comes. Screen readers are not read each word: whoever shows it announces the whole when it is there. What is
 * taken back leaves its place empty until the rest is there, so that nothing on the page jumps.
 */
import { useLayoutEffect, useRef } from 'react'
import classes from './StreamedText.module.css'
import type { Coming } from './useStreamed.ts'

export function StreamedText({ coming }: { coming: Coming }) {
  const place = useRef<HTMLDivElement>(null)
  const tallest = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured whenever other text is shown
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    tallest.current = Math.max(tallest.current, element.offsetHeight)
    element.style.minHeight = `${tallest.current}px`
  }, [coming.text])
  return (
    <div ref={place} className={classes.text} aria-live="off" aria-busy="true" dir="auto" data-streaming>
      {coming.text}
      <span className={classes.caret} aria-hidden />
    </div>
  )
}
