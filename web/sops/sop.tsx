import { createLazyRoute } from '@tanstack/react-router'
import { Page } from '../components/Page.tsx'

export const route = createLazyRoute('/staff/sops/$id')({ component: SopPage })

function SopPage() {
  const { id } = route.useParams()
  return <Page title={id}>…</Page>
}
