import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/admin')({ component: AdminPage })

function AdminPage() {
  const { t } = useTranslation('admin')
  return <Page title={t('title')}>…</Page>
}
