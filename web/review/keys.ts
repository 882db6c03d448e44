/** The keys of the review queue. While a text is edited, its own keys alone work. */
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'

type Run = () => unknown
interface Keys {
  editing: boolean
  decides: boolean
  tries: boolean
  next: Run
  previous: Run
  approve: Run
  edit: Run
  reject: Run
  reanalyse: Run
  undo: Run
  mark: Run
  approveMarked: Run
  toggleView: Run
  dryRun: Run
  open: Run
}

export function useReviewKeys({ editing, decides, tries, ...run }: Keys) {
  const { t } = useTranslation('review')
  const key = (keys: string, name: Exclude<keyof typeof run, 'toggleView'> | 'view', what: Run) => ({
    keys,
    label: t(`keys.${name}`),
    run: () => void what(),
  })
  useShortcuts(
    editing
      ? []
      : [
          key('j', 'next', run.next),
          key('k', 'previous', run.previous),
          ...(decides
            ? [
                key('a', 'approve', run.approve),
                key('e', 'edit', run.edit),
                key('r', 'reject', run.reject),
                key('n', 'reanalyse', run.reanalyse),
                key('u', 'undo', run.undo),
                key('x', 'mark', run.mark),
                key('Shift+A', 'approveMarked', run.approveMarked),
              ]
            : []),
          key('d', 'view', run.toggleView),
          ...(tries ? [key('p', 'dryRun', run.dryRun)] : []),
          key('o', 'open', run.open),
        ],
  )
}
