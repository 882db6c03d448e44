/** Asks before what cannot be taken back. */
import { lateDialog } from './late.tsx'

export const Confirm = lateDialog(
  () => import('./ConfirmDialog.tsx'),
  ({ opened }) => opened,
)
