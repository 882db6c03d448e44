import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/inbox')({ component: InboxPage })

function InboxPage() {
  const { t } = useTranslation('inbox')
  return <Page title={t('title')}>…</Page>
}
