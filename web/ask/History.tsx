/** The questions of this tab, to look at again. */
import { Button, Group, NavLink, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatTime } from '../app/time.ts'
import { type Asked, asked, forgetAll } from './history.ts'

interface Props {
  current: string | undefined
  onChoose: (entry: Asked) => void
}

export function History({ current, onChoose }: Props) {
  const { t } = useTranslation(['ask', 'common'])
  const entries = asked.use()
  if (entries.length === 0) return null
  const what = ({ answer, category, site, at }: Asked) =>
    [
      answer ? t(`common:outcome.${answer.outcome as 'answered'}`) : t('history.searched'),
      category,
      site,
      at && formatTime(at),
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <section aria-label={t('history.title')}>
      <Group justify="space-between" mb={4}>
        <Title order={2} size="h6">
          {t('history.title')}
        </Title>
        <Button size="compact-xs" mih={24} variant="subtle" onClick={forgetAll}>
          {t('history.clear')}
        </Button>
      </Group>
      {entries.map((entry) => (
        <NavLink
          key={entry.id}
          component="button"
          type="button"
          active={entry.id === current}
          label={entry.q}
          description={what(entry)}
          onClick={() => onChoose(entry)}
          styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis' } }}
          noWrap
        />
      ))}
    </section>
  )
}
