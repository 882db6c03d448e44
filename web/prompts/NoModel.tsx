/** Said where no model is configured: prompts may be written, but nobody reads them yet. */
import { Alert, Anchor, Code, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { useParts } from '../models/parts.ts'

export function NoModel() {
  const { t } = useTranslation('prompts')
  const { can } = useSession()
  const parts = useParts()
  if (!parts || parts.some(({ provider }) => provider !== 'local')) return null
  return (
    <Alert color="gray" icon={<IconPlugConnectedX aria-hidden />} title={t('noModel.title')}>
      <Text size="sm">{t('noModel.hint')}</Text>
      <Code block mt="xs" tabIndex={0} aria-label={t('noModel.settings')}>
        {'OPENAI_API_KEY=…\nANTHROPIC_API_KEY=…'}
      </Code>
      {can('admin') && (
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/admin/models" />}>
          {t('noModel.more')}
        </Anchor>
      )}
    </Alert>
  )
}
