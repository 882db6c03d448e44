/** A long document as several SOPs: cut at its top headings, each of a size that a person edits. */
import { slug } from './text.ts'

export interface Part {
  /** Added to the document's own name; null for the document itself. */
  name: string | null
  content: string
}

/** Characters: up to here a document stays whole. */
const whole = 8000
/** A part that is longer is cut further; one that is shorter stays with the one before it. */
const longest = 12_000
const shortest = 300

interface Section {
  heading: string | null
  lines: string[]
}

const headingOf = (line: string) => /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)

/** Cut at headings of this level, not within code fences. */
function cut(lines: string[], level: number): Section[] {
  const sections: Section[] = [{ heading: null, lines: [] }]
  let fence: string | null = null
  for (const line of lines) {
    const mark = /^\s{0,3}(```|~~~)/.exec(line)?.[1]
    if (mark && fence === null) fence = mark
    else if (mark === fence) fence = null
    const heading = fence === null ? headingOf(line) : null
    if (heading && heading[1]!.length === level) sections.push({ heading: heading[2]!, lines: [] })
    else sections.at(-1)!.lines.push(line)
  }
  return sections
}

const lengthOf = (lines: string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0)
const isEmpty = (lines: string[]) => lines.every((line) => line.trim() === '')

export function split(markdown: string, title: string): Part[] {
  const own = headingOf(markdown.split('\n', 1)[0]!)?.[1] === '#'
  const text = own ? markdown : `# ${title}\n\n${markdown}`
  if (text.length <= whole) return [{ name: null, content: text }]
  const lines = text.split('\n')
  const head = headingOf(lines[0]!)![2]!
  const names = new Map<string, number>()
  const unique = (name: string) => {
    const count = (names.get(name) ?? 0) + 1
    names.set(name, count)
    return count === 1 ? name : `${name}_${count}`
  }
  return pieces(lines.slice(1)).map(({ heading, lines: body }, index) => ({
    name:
      heading === null
        ? index === 0
          ? null
          : unique(`part_${index + 1}`)
        : unique(slug(heading, 60) || `part_${index + 1}`),
    content: `# ${head}${heading === null ? '' : `: ${heading}`}\n\n${body.join('\n').trim()}`,
  }))
}

function pieces(lines: string[]): Section[] {
  // The highest level that cuts at all.
  for (const level of [1, 2, 3, 4]) {
    const sections = cut(lines, level)
    if (sections.length < 3) continue
    const kept: Section[] = []
    for (const section of sections) {
      if (section.heading === null && isEmpty(section.lines)) continue
      const last = kept.at(-1)
      // What is short stays with its neighbour, under its heading.
      if (last && lengthOf(section.lines) < shortest && lengthOf(last.lines) < longest / 2)
        last.lines.push('', `## ${section.heading}`, ...section.lines)
      else if (lengthOf(section.lines) > longest)
        kept.push(
          ...pieces(section.lines).map((piece) => ({
            heading: [section.heading, piece.heading].filter((part) => part !== null).join(', ') || null,
            lines: piece.lines,
          })),
        )
      else if (!isEmpty(section.lines)) kept.push({ heading: section.heading, lines: [...section.lines] })
    }
    return kept
  }
  return byParagraphs(lines)
}

/** No headings: at the first empty line after so many characters; a single line that is too long, at a space. */
function byParagraphs(lines: string[]): Section[] {
  const sections: Section[] = [{ heading: null, lines: [] }]
  let length = 0
  for (const line of lines.flatMap((one) =>
    one.length > longest ? (one.match(/[\s\S]{1,8000}(?=\s|$)|[\s\S]{1,8000}/g) ?? []) : [one],
  )) {
    if ((length > whole && line.trim() === '') || length + line.length > longest) {
      sections.push({ heading: null, lines: [] })
      length = 0
    }
    sections.at(-1)!.lines.push(line)
    length += line.length + 1
  }
  return sections.filter((section) => !isEmpty(section.lines))
}
