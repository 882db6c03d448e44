/** Looks as an empty MomentPicker does; calendar and clock come when it is first used, or with a value. */
import { Input, InputBase } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { MomentProps } from './MomentPicker.tsx'

const load = () => import('./MomentPicker.tsx')
const MomentPicker = lazy(load)

export function LateMomentPicker(props: MomentProps) {
  const [used, setUsed] = useState(false)
  const face = (
    <InputBase
      component="button"
      type="button"
      pointer
      label={props.label}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => setUsed(true)}
    >
      <Input.Placeholder>{props.placeholder}</Input.Placeholder>
    </InputBase>
  )
  if (!used && props.value === null) return face
  return (
    <Suspense fallback={face}>
      <MomentPicker {...props} opened={used && props.value === null} />
    </Suspense>
  )
}
