import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/insights')({ component: InsightsPage })

function InsightsPage() {
  const { t } = useTranslation('insights')
  return <Page title={t('title')}>…</Page>
}
