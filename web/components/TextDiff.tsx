/** The difference of two texts: line by line with the words that changed, as source, side by side, or as it is read. */
import { Box, Button, Group, SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core'
import { diffArrays, diffLines, diffWordsWithSpace } from 'diff'
import { Fragment, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './TextDiff.module.css'

type Line = {
  kind: 'same' | 'added' | 'removed'
  text: string
  before?: number
  after?: number
  pair?: string
}

const split = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')

/** Removed and added lines that stand together are paired, so that their words can be compared. */
function linesOf(before: string, after: string): Line[] {
  const lines: Line[] = []
  let [a, b] = [0, 0]
  const changes = diffLines(before, after)
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i]!
    const next = changes[i + 1]
    if (!change.added && !change.removed) {
      for (const text of split(change.value)) lines.push({ kind: 'same', text, before: ++a, after: ++b })
    } else if (change.removed && next?.added) {
      const [old, fresh] = [split(change.value), split(next.value)]
      for (const [n, text] of old.entries())
        lines.push({ kind: 'removed', text, before: ++a, pair: fresh[n] })
      for (const [n, text] of fresh.entries()) lines.push({ kind: 'added', text, after: ++b, pair: old[n] })
      i++
    } else if (change.removed) {
      for (const text of split(change.value)) lines.push({ kind: 'removed', text, before: ++a })
    } else for (const text of split(change.value)) lines.push({ kind: 'added', text, after: ++b })
  }
  return lines
}

function Words({ line }: { line: Line }) {
  const { kind, text, pair } = line
  if (kind === 'same' || pair === undefined) return text || ' '
  const parts = kind === 'removed' ? diffWordsWithSpace(text, pair) : diffWordsWithSpace(pair, text)
  // Where nearly nothing is common, marks on every word only hide the text.
  const common = parts
    .filter((part) => !part.added && !part.removed)
    .reduce((sum, part) => sum + part.value.trim().length, 0)
  if (common < Math.max(text.length, pair.length) * 0.2) return text || ' '
  return parts
    .filter((part) => (kind === 'removed' ? !part.added : !part.removed))
    .map((part, index) => {
      const key = `${index}${part.value.slice(0, 8)}`
      if (part.removed)
        return (
          <del key={key} className="word">
            {part.value}
          </del>
        )
      if (part.added)
        return (
          <ins key={key} className="word">
            {part.value}
          </ins>
        )
      return <Fragment key={key}>{part.value}</Fragment>
    })
}

const context = 3

/** Unchanged stretches far from any change are folded; a click shows them. */
function fold(lines: Line[]): (Line | { folded: Line[] })[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some((line) => line.kind !== 'same'),
  )
  const folded: (Line | { folded: Line[] })[] = []
  lines.forEach((line, i) => {
    const last = folded.at(-1)
    if (near[i]) folded.push(line)
    else if (last && 'folded' in last) last.folded.push(line)
    else folded.push({ folded: [line] })
  })
  return folded.flatMap((one) => ('folded' in one && one.folded.length <= 2 ? one.folded : [one]))
}

export function SourceDiff({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation()
  const lines = useMemo(() => linesOf(before, after), [before, after])
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  if (before === after) return <Text c="dimmed">{t('diff.same')}</Text>
  const row = (line: Line, key: string) => (
    <tr key={key} className={classes[line.kind]}>
      <td className={classes.number}>{line.before}</td>
      <td className={classes.number}>{line.after}</td>
      <td className={classes.sign} aria-hidden>
        {line.kind === 'added' ? '+' : line.kind === 'removed' ? '−' : ''}
      </td>
      <td className={classes.text}>
        {line.kind !== 'same' && <VisuallyHidden>{t(`diff.${line.kind}`)}: </VisuallyHidden>}
        <Words line={line} />
      </td>
    </tr>
  )
  return (
    <Box className={classes.scroll} tabIndex={0} role="region" aria-label={t('diff.label')}>
      <table className={classes.table}>
        <tbody>
          {fold(lines).map((one, index) =>
            !('folded' in one) ? (
              row(one, `${one.kind}${one.before ?? ''}-${one.after ?? ''}`)
            ) : unfolded.has(index) ? (
              one.folded.map((line) => row(line, `same${line.before}`))
            ) : (
              <tr key={`folded${one.folded[0]!.before}`}>
                <td colSpan={4} className={classes.folded}>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    fullWidth
                    onClick={() => setUnfolded(new Set([...unfolded, index]))}
                  >
                    {t('diff.unchanged', { count: one.folded.length })}
                  </Button>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </Box>
  )
}

/** Blocks of sanitised HTML: paragraphs, lists' items, headings. */
function blocksOf(html: string): string[] {
  const body = new DOMParser().parseFromString(html, 'text/html').body
  return [...body.children].flatMap((block) =>
    /^(UL|OL)$/.test(block.tagName)
      ? [...block.children].map((item, index) => {
          const list = block.cloneNode(false) as Element
          if (block.tagName === 'OL')
            list.setAttribute('start', String(Number(block.getAttribute('start') ?? 1) + index))
          list.append(item.cloneNode(true))
          return list.outerHTML
        })
      : [block.outerHTML],
  )
}

const textOf = (html: string) => new DOMParser().parseFromString(html, 'text/html').body.textContent ?? ''

/** Marks the words of `html` that `other` has not; the marks are made in the parsed document, never in text. */
function markWords(html: string, other: string, mark: 'ins' | 'del'): string {
  const document = new DOMParser().parseFromString(html, 'text/html')
  const [from, to] = mark === 'ins' ? [textOf(other), textOf(html)] : [textOf(html), textOf(other)]
  const ranges: [number, number][] = []
  let at = 0
  for (const part of diffWordsWithSpace(from, to)) {
    if (mark === 'ins' ? part.removed : part.added) continue
    if (mark === 'ins' ? part.added : part.removed) ranges.push([at, at + part.value.length])
    at += part.value.length
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const nodes: Text[] = []
  while (walker.nextNode()) nodes.push(walker.currentNode as Text)
  let start = 0
  for (const node of nodes) {
    const { length } = node.data
    // From the end, so that what was split off does not move the places before it.
    for (const [begin, end] of ranges.filter(([x, y]) => x < start + length && y > start).reverse()) {
      const piece = node.splitText(Math.max(0, begin - start))
      piece.splitText(Math.min(length, end - start) - Math.max(0, begin - start))
      const element = document.createElement(mark)
      element.className = 'word'
      piece.replaceWith(element)
      element.append(piece)
    }
    start += length
  }
  return document.body.innerHTML
}

/** The texts as they are read: `…Html` fields of the server. */
export function RenderedDiff({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation()
  const parts = useMemo(() => {
    const changes = diffArrays(blocksOf(before), blocksOf(after))
    return changes.flatMap((change, i) => {
      const [last, next] = [changes[i - 1], changes[i + 1]]
      return change.value.map((html, n) => {
        const kind = change.added ? 'added' : change.removed ? 'removed' : 'same'
        const other =
          kind === 'removed' && next?.added
            ? next.value[n]
            : kind === 'added' && last?.removed
              ? last.value[n]
              : undefined
        return {
          kind,
          html: other === undefined ? html : markWords(html, other, kind === 'added' ? 'ins' : 'del'),
        } as const
      })
    })
  }, [before, after])
  if (before === after) return <Text c="dimmed">{t('diff.same')}</Text>
  return (
    <div className="prose">
      {parts.map((part, index) => {
        const Element = part.kind === 'added' ? 'ins' : part.kind === 'removed' ? 'del' : 'div'
        return (
          <Element
            // biome-ignore lint/suspicious/noArrayIndexKey: a difference is made anew as a whole
            key={index}
            className={part.kind === 'same' ? undefined : classes.block}
            // biome-ignore lint/security/noDangerouslySetInnerHtml: blocks of the server's sanitised HTML; marks are added through the DOM
            dangerouslySetInnerHTML={{ __html: part.html }}
          />
        )
      })}
    </div>
  )
}

interface Props {
  before: string
  after: string
  /** The same texts as sanitised HTML; without them only the source is compared. */
  html?: { before: string; after: string } | undefined
}

export function TextDiff({ before, after, html }: Props) {
  const { t } = useTranslation()
  const [view, setView] = useState<'rendered' | 'source'>('source')
  return (
    <Stack gap="xs">
      <Group justify="flex-end" className="no-print">
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(value) => setView(value as typeof view)}
          aria-label={t('diff.label')}
          data={[
            { value: 'source', label: t('diff.source') },
            { value: 'rendered', label: t('diff.rendered') },
          ]}
        />
      </Group>
      {view === 'rendered' && html ? (
        <RenderedDiff before={html.before} after={html.after} />
      ) : (
        <SourceDiff before={before} after={after} />
      )}
    </Stack>
  )
}
