import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'

interface Counts {
  uploaded: number
  unchanged: number
  renamed: number
  deleted: number
}

/** "12 uploaded, 340 unchanged": what a backup did with the files. */
export function useCounts() {
  const { t } = useTranslation('backups')
  return (counts: Counts) =>
    (['uploaded', 'unchanged', 'renamed', 'deleted'] as const)
      .filter((name) => name === 'uploaded' || name === 'unchanged' || counts[name] > 0)
      .map((name) => t(`counts.${name}`, { n: formatNumber(counts[name]) }))
      .join(', ')
}
