import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/ask')({ component: AskPage })

function AskPage() {
  const { t } = useTranslation('ask')
  return <Page title={t('title')}>…</Page>
}
