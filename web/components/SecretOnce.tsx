/** A key that is shown this once. */
import { lateDialog } from './late.tsx'

export const SecretOnce = lateDialog(
  () => import('./SecretDialog.tsx'),
  ({ secret }) => secret !== null,
)
