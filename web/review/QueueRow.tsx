/** One proposal in the list: what it would change, why it matters, what it would do. Plain elements: there are many. */
import { Box, Checkbox } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Time } from '../components/Time.tsx'
import { type Row, titleOf } from './documents.ts'
import classes from './review.module.css'
import type { Kind } from './route.ts'

interface Props {
  row: Row
  marked: boolean
  refused: boolean
  /** Undefined where nobody may approve. */
  onMark: ((id: number) => void) | undefined
  onOpen: (id: number) => void
}

export const QueueRow = memo(function QueueRow({ row, marked, refused, onMark, onOpen }: Props) {
  const { t } = useTranslation('review')
  const viewers = Number(row.viewers ?? 0)
  const by = row.approvedBy ?? row.rejectedBy ?? row.supersededBy
  return (
    <Box className={classes.row} onClick={() => onOpen(row.id)}>
      {onMark && (
        // For the mouse; the key x does the same, and options hold no controls.
        <Box
          className={classes.mark}
          title={t('row.mark')}
          onClick={(event) => {
            event.stopPropagation()
            onMark(row.id)
          }}
        >
          <Checkbox.Indicator checked={marked} size="xs" aria-hidden />
        </Box>
      )}
      <div className={classes.rowText}>
        <div className={classes.rowLine}>
          <span className={classes.rowTitle}>{titleOf(row)}</span>
          {viewers > 0 && (
            <span className={classes.chip} data-tone="busy" title={t('row.viewers', { count: viewers })}>
              <IconEye size={12} aria-hidden />
              <span aria-hidden>{viewers}</span>
              <span className={classes.hidden}>{t('row.viewers', { count: viewers })}</span>
            </span>
          )}
        </div>
        <div className={classes.quiet}>
          #{row.id} · {t(`kind.${row.kind as Kind}`)} · {t('row.failing', { count: row.evidence.totalCount })}
        </div>
        <div className={classes.rowLine}>
          <span className={classes.chips}>
            <Effect row={row} />
            {refused && (
              <span className={classes.chip} data-tone="bad">
                {t('row.refused')}
              </span>
            )}
            {marked && <span className={classes.hidden}>{t('row.marked')}</span>}
          </span>
          <span className={classes.quiet}>
            <Time at={(row.decidedAt as string | null) ?? row.createdAt} />
            {by && ` ${t('row.by', { name: by })}`}
          </span>
        </div>
      </div>
    </Box>
  )
})

/** What the dry run says it would do. */
function Effect({ row }: { row: Row }) {
  const { t } = useTranslation('review')
  if (row.fixed == null) return <span className={classes.quiet}>{t('row.untried')}</span>
  const [fixed, broken] = [Number(row.fixed), Number(row.broken)]
  return (
    <>
      <span className={classes.chip} data-tone={fixed > 0 ? 'good' : undefined}>
        {t('row.fixes', { count: fixed })}
      </span>
      {broken > 0 && (
        <span className={classes.chip} data-tone="bad">
          {t('row.breaks', { count: broken })}
        </span>
      )}
    </>
  )
}
