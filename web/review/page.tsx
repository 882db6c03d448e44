import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/review')({ component: ReviewPage })

function ReviewPage() {
  const { t } = useTranslation('review')
  return <Page title={t('title')}>…</Page>
}
