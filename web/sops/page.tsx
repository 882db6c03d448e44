import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/sops')({ component: SopsPage })

function SopsPage() {
  const { t } = useTranslation('sops')
  return <Page title={t('title')}>…</Page>
}
