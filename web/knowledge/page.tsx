import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/knowledge')({ component: KnowledgePage })

function KnowledgePage() {
  const { t } = useTranslation('knowledge')
  return <Page title={t('title')}>…</Page>
}
