/** A reply on its way, where it will stand. */
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './inbox.module.css'

export function SendingMessage({ text }: { text: string }) {
  const { t } = useTranslation('inbox')
  return (
    <div className={classes.message} data-kind="staff" aria-busy>
      <Group gap={6} mb={4}>
        <Text size="sm" fw={600}>
          {t('author.me')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('conversation.sending')}
        </Text>
      </Group>
      <div className={`${classes.bubble} ${classes.plain}`}>{text}</div>
    </div>
  )
}
