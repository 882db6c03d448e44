/** Files of every kind that an import reads, made for a test. */
import { once } from 'node:events'
import { Document, HeadingLevel, Packer, Paragraph } from 'docx'
import JSZip from 'jszip'
import PDFDocument from 'pdfkit'
import { type ImportItem, inArchive, readItems, type SourceFile } from '../../core/import/files.ts'

export const source = (name: string, content: string | Uint8Array): SourceFile => ({
  name,
  read: async () => (typeof content === 'string' ? Buffer.from(content) : content),
})

export async function itemsOf(...files: SourceFile[]): Promise<ImportItem[]> {
  const found: ImportItem[] = []
  for await (const { items } of readItems(files)) found.push(...items)
  return found
}
export const itemsIn = async (name: string, bytes: Uint8Array) => itemsOf(...(await inArchive(name, bytes)))

const lines = (markdown: string) => markdown.split('\n').filter((line) => line.trim() !== '')
const levelOf = (line: string) => /^#+/.exec(line)?.[0].length ?? 0
const plain = (line: string) => line.replace(/^#+\s+/, '')

export async function pdf(
  markdown: string,
  options: { password?: string; header?: string } = {},
): Promise<Buffer> {
  const document = new PDFDocument({ userPassword: options.password, bufferPages: true })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = once(document, 'end')
  for (const line of lines(markdown))
    document
      .fontSize([11, 22, 16, 13][Math.min(levelOf(line), 3)]!)
      .text(plain(line))
      .moveDown(0.8)
  if (options.header !== undefined) {
    const { count } = document.bufferedPageRange()
    for (let page = 0; page < count; page++) {
      document.switchToPage(page)
      document.page.margins = { top: 0, bottom: 0, left: 72, right: 72 }
      document.fontSize(8).text(options.header, 72, 30, { lineBreak: false })
      document.fontSize(8).text(`Page ${page + 1} of ${count}`, 72, 760, { lineBreak: false })
    }
  }
  document.end()
  await ended
  return Buffer.concat(chunks)
}

export function word(markdown: string): Promise<Buffer> {
  const headings = [undefined, HeadingLevel.HEADING_1, HeadingLevel.HEADING_2, HeadingLevel.HEADING_3]
  return Packer.toBuffer(
    new Document({
      sections: [
        {
          children: lines(markdown).map(
            (line) => new Paragraph({ text: plain(line), heading: headings[Math.min(levelOf(line), 3)] }),
          ),
        },
      ],
    }),
  )
}

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)
export const html = (markdown: string) =>
  `<!doctype html><html><head><title>t</title><style>p{color:red}</style></head><body><nav>Home</nav>${lines(
    markdown,
  )
    .map((line) => {
      const tag = levelOf(line) > 0 ? `h${levelOf(line)}` : 'p'
      return `<${tag}>${escaped(plain(line))}</${tag}>`
    })
    .join('')}<script>alert(1)</script></body></html>`

export const csv = (rows: string[][]) =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')

export async function zip(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  const archive = new JSZip()
  for (const [name, content] of Object.entries(files)) archive.file(name, content)
  return archive.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' })
}
