/** Texts side by side, what disagrees in them marked. */
import { Anchor, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import classes from './Compared.module.css'

/** What disagrees, as `knowledge_findings` says it: `one` stands in the first text, `other` in the second. */
export interface Disagreement {
  kind: string
  one: string
  other: string
  one_clause: string
  other_clause: string
}

export interface ComparedText {
  id: string
  /** The question, or the SOP's name. */
  title: string
  to: { entry: number } | { sop: number }
  text: string
  /** What is marked in it. */
  marks?: string[]
  /** What it is here: kept, corrected … */
  role?: ReactNode
  about?: ReactNode
}

export const Compared = ({ texts }: { texts: ComparedText[] }) => (
  <SimpleGrid cols={{ base: 1, sm: Math.min(2, texts.length) }}>
    {texts.map(({ id, title, to, text, marks, role, about }) => (
      <Paper key={id} withBorder p="sm" style={{ minWidth: 0 }}>
        <Stack gap={6}>
          {role && <Group gap={6}>{role}</Group>}
          <Anchor
            fw={600}
            dir="auto"
            style={{ overflowWrap: 'anywhere' }}
            renderRoot={(props) =>
              'entry' in to ? (
                <Link to="/knowledge" search={{ entry: to.entry }} {...props} />
              ) : (
                <Link to="/sops/$id" params={{ id: String(to.sop) }} {...props} />
              )
            }
          >
            {title}
          </Anchor>
          {about && (
            <Text size="xs" c="dimmed" component="div">
              {about}
            </Text>
          )}
          <Text size="sm" className={classes.text} dir="auto">
            <Marked text={text} marks={marks ?? []} />
          </Text>
        </Stack>
      </Paper>
    ))}
  </SimpleGrid>
)

export function Marked({ text, marks }: { text: string; marks: string[] }) {
  const wanted = [...new Set(marks)].filter((mark) => mark !== '').sort((a, b) => b.length - a.length)
  if (wanted.length === 0) return text
  const pattern = new RegExp(
    `(${wanted.map((mark) => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`,
  )
  return text.split(pattern).map((part, place) =>
    place % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
      <mark key={place} className={classes.mark}>
        {part}
      </mark>
    ) : (
      part
    ),
  )
}
