/** What the documents tell people to type, as they stand: the fenced blocks of shell and SQL. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../core/database/migrate.ts'

export interface Block {
  /** Relative to the project. */
  file: string
  /** Of its first line of text. */
  line: number
  language: 'sh' | 'sql'
  /** What the fence says after the language: not-here, long. */
  marks: string[]
  text: string
}

export const documents = [
  'README.md',
  'SECURITY.md',
  'core/database/embedded/README.md',
  'data/demo/README.md',
  ...globSync('docs/*.md', { cwd: projectFolder }).sort(),
]

export function blocksOf(file: string): Block[] {
  const text = readFileSync(join(projectFolder, file), 'utf8')
  return [...text.matchAll(/^ *```(\w+)([^\n]*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, language]) => ['sh', 'bash', 'shell', 'sql'].includes(language!))
    .map(({ index, 1: language, 2: marks, 3: body }) => ({
      file,
      line: text.slice(0, index).split('\n').length + 1,
      language: language === 'sql' ? 'sql' : 'sh',
      marks: marks!.trim().split(/\s+/).filter(Boolean),
      text: body!,
    }))
}

/** A name that says where it stands and what it begins with. */
export const nameOf = (block: Block) =>
  `${block.file}:${block.line} ${block.text
    .split('\n')
    .find((line) => line.trim() !== '')!
    .trim()
    .slice(0, 70)}`
