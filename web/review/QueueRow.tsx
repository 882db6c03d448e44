/** One proposal in the list: what it would change, why it matters, what it would do. */
import { Badge, Box, Checkbox, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core'
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
  const by = row.approvedBy ?? row.rejectedBy
  return (
    <Group
      className={classes.row}
      wrap="nowrap"
      align="flex-start"
      gap="xs"
      px="sm"
      py={10}
      onClick={() => onOpen(row.id)}
    >
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
      <Box flex={1} miw={0}>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="sm" fw={600} truncate>
            {titleOf(row)}
          </Text>
          {viewers > 0 && (
            <Tooltip label={t('row.viewers', { count: viewers })}>
              <Badge
                tt="none"
                size="sm"
                color="grape"
                variant="light"
                leftSection={<IconEye size={12} aria-hidden />}
              >
                <span aria-hidden>{viewers}</span>
                <VisuallyHidden>{t('row.viewers', { count: viewers })}</VisuallyHidden>
              </Badge>
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed" component="div">
          {t(`kind.${row.kind as Kind}`)} · {t('row.failing', { count: row.evidence.totalCount })}
        </Text>
        <Group gap={6} mt={2} justify="space-between">
          <Group gap={4}>
            <Effect row={row} />
            {refused && (
              <Badge tt="none" size="sm" color="red" variant="light">
                {t('row.refused')}
              </Badge>
            )}
            {marked && <VisuallyHidden>{t('row.marked')}</VisuallyHidden>}
          </Group>
          <Text size="xs" c="dimmed" truncate maw="100%">
            <Time at={(row.decidedAt as string | null) ?? row.createdAt} />
            {by && ` ${t('row.by', { name: by })}`}
          </Text>
        </Group>
      </Box>
    </Group>
  )
})

/** What the dry run says it would do. */
function Effect({ row }: { row: Row }) {
  const { t } = useTranslation('review')
  const [fixed, broken] = [row.fixed, row.broken].map((count) => (count == null ? null : Number(count)))
  if (fixed === null || fixed === undefined)
    return (
      <Text size="xs" c="dimmed">
        {t('row.untried')}
      </Text>
    )
  return (
    <>
      <Badge tt="none" size="sm" variant="outline" color={fixed > 0 ? 'teal' : 'gray'}>
        {t('row.fixes', { count: fixed })}
      </Badge>
      {Number(broken) > 0 && (
        <Badge tt="none" size="sm" variant="outline" color="red">
          {t('row.breaks', { count: Number(broken) })}
        </Badge>
      )}
    </>
  )
}
