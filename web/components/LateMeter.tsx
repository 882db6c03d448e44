/** A meter whose code comes when something is under way. */
import { type ComponentProps, lazy, Suspense } from 'react'

const Meter = lazy(() => import('./Meter.tsx').then(({ Meter }) => ({ default: Meter })))

export const LateMeter = (props: ComponentProps<typeof Meter>) => (
  <Suspense fallback={null}>
    <Meter {...props} />
  </Suspense>
)
