/** Documents to markdown, by converters that others keep: PDF (unpdf), Word (mammoth), HTML (turndown). */
import { Unreadable } from './reasons.ts'
import { clean } from './text.ts'

export async function pdfToMarkdown(bytes: Uint8Array): Promise<string> {
  const { getDocumentProxy } = await import('unpdf')
  // It takes the bytes for itself.
  const pdf = await getDocumentProxy(new Uint8Array(bytes), {
    isEvalSupported: false,
    stopAtErrors: false,
  }).catch((error: Error) => {
    throw error.name === 'PasswordException'
      ? new Unreadable('password')
      : new Unreadable('pdf_broken', { error: error.message.slice(0, 100) })
  })
  try {
    const pages: Line[][] = []
    for (let number = 1; number <= Math.min(pdf.numPages, 2000); number++) {
      const page = await pdf.getPage(number)
      const { items } = await page.getTextContent()
      pages.push(linesOf(items as PdfItem[]))
      page.cleanup()
    }
    const text = clean(withoutBoilerplate(pages))
    if (text === '') throw new Unreadable('scanned')
    return text
  } finally {
    await pdf.destroy()
  }
}

interface PdfItem {
  str?: string
  height?: number
  transform?: number[]
  hasEOL?: boolean
}
interface Line {
  text: string
  height: number
  y: number
}

function linesOf(items: PdfItem[]): Line[] {
  const lines: Line[] = []
  let line: Line | null = null
  for (const item of items) {
    const y = item.transform?.[5] ?? 0
    if (item.str) {
      line ??= { text: '', height: 0, y }
      line.text += item.str
      line.height = Math.max(line.height, Math.round(item.height ?? 0))
    }
    if (item.hasEOL && line) {
      lines.push(line)
      line = null
    }
  }
  if (line) lines.push(line)
  return lines
    .map((one) => ({ ...one, text: one.text.replace(/\s+/g, ' ').trim() }))
    .filter((one) => one.text !== '')
}

/** Lines at the edges that most pages have, page numbers aside, are headers and footers. Larger letters are headings. */
function withoutBoilerplate(pages: Line[][]): string {
  const key = (line: Line) => line.text.replace(/\d+/g, '#').toLowerCase()
  const edges = (page: Line[]) => new Set([...page.slice(0, 2), ...page.slice(-2)].map(key))
  const seen = new Map<string, number>()
  for (const page of pages) for (const text of edges(page)) seen.set(text, (seen.get(text) ?? 0) + 1)
  const repeated = (line: Line) => pages.length > 2 && seen.get(key(line))! > pages.length * 0.6
  const pageNumber = /^(?:page|seite|p\.|s\.)?\s*[-–]?\s*\d{1,4}\s*(?:[-–]|(?:of|von|\/)\s*\d{1,4})?$/i
  const sizes = new Map<number, number>()
  for (const line of pages.flat()) sizes.set(line.height, (sizes.get(line.height) ?? 0) + line.text.length)
  const body = [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
  const larger = [...sizes.keys()].filter((size) => size > body * 1.15).sort((a, b) => b - a)
  let text = ''
  for (const page of pages) {
    const kept = page.filter(
      (line, index) =>
        !((index < 2 || index >= page.length - 2) && (repeated(line) || pageNumber.test(line.text))),
    )
    for (const [index, line] of kept.entries()) {
      const before = kept[index - 1]
      const level = body > 0 && line.text.length < 150 ? larger.indexOf(line.height) + 1 : 0
      const bullet = line.text.replace(/^[•●▪◦‣]\s*/u, '- ')
      if (level > 0) text += `\n\n${'#'.repeat(Math.min(level, 4))} ${line.text}\n\n`
      // A gap larger than a line's is a new paragraph.
      else text += `${before && before.y - line.y > Math.max(line.height, 6) * 1.7 ? '\n\n' : '\n'}${bullet}`
    }
  }
  return text
}

export async function wordToMarkdown(bytes: Uint8Array): Promise<string> {
  const { default: mammoth } = await import('mammoth')
  const { value } = await mammoth
    .convertToHtml(
      { buffer: Buffer.from(bytes) },
      // Pictures are not answers.
      {
        convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
        styleMap: ["p[style-name='Title'] => h1:fresh"],
      },
    )
    .catch((error: Error) => {
      throw new Unreadable('word_broken', { error: error.message.slice(0, 100) })
    })
  return htmlToMarkdown(value)
}

/** Never shown, or not the text. */
const unwanted = [
  'script',
  'style',
  'noscript',
  'iframe',
  'object',
  'embed',
  'template',
  'nav',
  'footer',
  'form',
  'button',
  'head',
  'title',
  'img',
  'picture',
  'video',
  'audio',
  'canvas',
] as const

/** How deep elements lie within each other that are always closed; converters go down as deep, in more than linear time. */
function depthOf(html: string): number {
  let depth = 0
  let deepest = 0
  for (const [, end] of html.matchAll(
    /<(\/?)(?:div|span|section|article|blockquote|table|ul|ol|b|i|em|strong|font|a|u|small)\b/gi,
  )) {
    depth = Math.max(0, depth + (end ? -1 : 1))
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

export async function htmlToMarkdown(html: string): Promise<string> {
  if (depthOf(html) > 400) throw new Unreadable('deep')
  const { default: Turndown } = await import('turndown')
  const turndown = new Turndown({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    emDelimiter: '*',
  })
  turndown.remove([...unwanted] as (keyof HTMLElementTagNameMap)[])
  turndown.addRule('links', {
    filter: 'a',
    replacement: (content, node) => {
      const target =
        (node as unknown as { getAttribute(name: string): string | null }).getAttribute('href') ?? ''
      return /^(https?:|mailto:|tel:)/i.test(target) && content.trim() !== ''
        ? `[${content}](${target.replace(/[()\s]/g, encodeURIComponent)})`
        : content
    },
  })
  turndown.addRule('cells', {
    filter: ['td', 'th'],
    replacement: (content) => ` ${content.trim().replace(/\n+/g, ' ')} |`,
  })
  turndown.addRule('rows', {
    filter: 'tr',
    replacement: (content, node) => {
      const first =
        !(node as unknown as { previousSibling: unknown }).previousSibling && content.trim() !== ''
      const columns = content.split('|').length - 1
      return `|${content}\n${first ? `|${' --- |'.repeat(columns)}\n` : ''}`
    },
  })
  // After the others, so that it is asked before them.
  turndown.addRule('hidden', {
    filter(node) {
      const element = node as unknown as { getAttribute?(name: string): string | null }
      return (
        element.getAttribute?.('hidden') != null ||
        element.getAttribute?.('aria-hidden') === 'true' ||
        /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0/i.test(
          element.getAttribute?.('style') ?? '',
        )
      )
    },
    replacement: () => '',
  })
  let text: string
  try {
    text = clean(turndown.turndown(html))
  } catch (error) {
    throw new Unreadable('html_broken', { error: (error as Error).message.slice(0, 100) })
  }
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(html)?.[1]?.replace(/\s+/g, ' ').trim()
  return title && text !== '' && !/^# /m.test(text) ? `# ${title}\n\n${text}` : text
}
