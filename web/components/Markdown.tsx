/** Text that the server has rendered and sanitised (fields named …Html). Nothing else may be given to it. */
import { Box, type BoxProps } from '@mantine/core'

export const Markdown = ({ html, ...props }: { html: string | null | undefined } & BoxProps) => (
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by the server (core/markdown.ts), the only source of …Html fields
  <Box {...props} className="prose" dangerouslySetInnerHTML={{ __html: html ?? '' }} />
)
