/** The frame of a page: its title in the tab and on top, what can be done with it, its content. */
import { Box, Group, Title, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  title: string
  /** In the tab, where it should say more than the title: "Pin reset · SOPs". */
  tab?: string
  actions?: ReactNode
  children: ReactNode
  /** The title is for screen readers alone: for pages that fill the screen. */
  quietTitle?: boolean
}

export function Page({ title, tab = title, actions, children, quietTitle = false }: Props) {
  return (
    <Box>
      <title>{`${tab} · ClubOS`}</title>
      <Group justify="space-between" mb={quietTitle ? 0 : 'md'} gap="sm" className="no-print">
        {quietTitle ? (
          <VisuallyHidden component="h1">{title}</VisuallyHidden>
        ) : (
          <Title order={1} size="h3">
            {title}
          </Title>
        )}
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  )
}
