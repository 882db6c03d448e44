/** A menu behind three dots, whose code comes when it is first opened. */
import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { type ComponentPropsWithRef, type ComponentType, lazy, Suspense, useState } from 'react'

/** label: what the dots are called for whoever does not see them. The menu opens itself (defaultOpened), under Dots. */
export function lateMenu<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  useLabel: (props: Props) => string,
) {
  const Menu = lazy(load)
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each menu, at the top of its module
  return function LateMenu(props: Props) {
    const [opened, setOpened] = useState(false)
    const face = (
      <Dots
        label={useLabel(props)}
        aria-haspopup="menu"
        onPointerEnter={load}
        onFocus={load}
        onClick={() => setOpened(true)}
      />
    )
    if (!opened) return face
    return (
      <Suspense fallback={face}>
        <Menu {...props} />
      </Suspense>
    )
  }
}

export function Dots({
  label,
  ...props
}: { label: string } & ActionIconProps & ComponentPropsWithRef<'button'>) {
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={label} {...props}>
      <IconDotsVertical size={16} />
    </ActionIcon>
  )
}
