/** Models: who does what, what it costs and may cost, what failed, and what the analyst did. */
import { Box, Tabs } from '@mantine/core'
import { createLazyRoute } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type ModelTab, modelTabs } from '../admin/route.ts'
import { useShortcuts } from '../app/keyboard.tsx'
import { Lines } from '../components/QueryState.tsx'
import { Providers } from './Providers.tsx'

const CostTab = lazy(() => import('./CostTab.tsx'))
const CallsTab = lazy(() => import('./CallsTab.tsx'))
const PricesTab = lazy(() => import('./PricesTab.tsx'))
const AnalysesTab = lazy(() => import('./AnalysesTab.tsx'))

export const route = createLazyRoute('/staff/admin/models')({ component: ModelsPage })

function ModelsPage() {
  const { t } = useTranslation('models')
  const { tab = 'providers' } = route.useSearch()
  const navigate = route.useNavigate()
  const go = (next: ModelTab) => void navigate({ search: { tab: next === 'providers' ? undefined : next } })
  useShortcuts(
    modelTabs.map((one, index) => ({
      keys: String(index + 1),
      label: t(`tabs.${one}`),
      run: () => go(one),
    })),
  )
  return (
    <Tabs value={tab} onChange={(value) => go(value as ModelTab)} keepMounted={false}>
      <Box style={{ overflowX: 'auto' }} mb="md">
        <Tabs.List style={{ flexWrap: 'nowrap' }} w="max-content" miw="100%" aria-label={t('title')}>
          {modelTabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Box>
      <Suspense fallback={<Lines />}>
        <Tabs.Panel value="providers">
          <Providers />
        </Tabs.Panel>
        <Tabs.Panel value="cost">
          <CostTab />
        </Tabs.Panel>
        <Tabs.Panel value="calls">
          <CallsTab />
        </Tabs.Panel>
        <Tabs.Panel value="prices">
          <PricesTab />
        </Tabs.Panel>
        <Tabs.Panel value="analyses">
          <AnalysesTab />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  )
}
