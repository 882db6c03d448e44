import { useState } from 'react'
import { useSession } from '../app/session.ts'

/** Whether one may write here, or could when this was opened: what is being written does not vanish with a session. */
export function useMayWrite() {
  const { can } = useSession()
  const [could] = useState(can('reviewer'))
  return can('reviewer') || could
}
