/** Which proposal is read: chosen at once, and soon after it stands in the address. */
import { useCallback, useEffect, useRef, useState } from 'react'

/** Leafing through with j writes one address, not twenty. */
const calm = 150

export function useSelection(inUrl: number | undefined, follows: boolean, write: (id: number) => void) {
  const [id, setId] = useState(inUrl)
  /** What handlers of keys go by: two presses may come before the next render. */
  const current = useRef(inUrl)
  const written = useRef(inUrl)
  const writing = useRef(write)
  writing.current = write

  const choose = useCallback((next: number | undefined) => {
    current.current = next
    setId(next)
  }, [])

  // The address changed by itself: a link, or back and forward.
  useEffect(() => {
    if (inUrl === written.current) return
    written.current = inUrl
    // Without one in it, a narrow page shows the list, in which it stays marked.
    if (inUrl !== undefined) choose(inUrl)
  }, [inUrl, choose])

  useEffect(() => {
    if (!follows || id === undefined || id === written.current) return
    const timer = setTimeout(() => {
      written.current = id
      writing.current(id)
    }, calm)
    return () => clearTimeout(timer)
  }, [id, follows])

  return { id, current, choose }
}
