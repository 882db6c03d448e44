/** What files are called: names of people's making, on any file system, none twice. */
import { createHash } from 'node:crypto'

/** Top-level folders and files that are not a category. */
const ours = ['knowledge', 'data', 'manifest.json']
const windows = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** File systems take 255 bytes; the rest is for a suffix and an ending. */
const longest = 180

/** A part of a path that leads nowhere else, and no file system refuses. */
export function safeName(name: string): string {
  let safe = name
    .normalize('NFC')
    // Control and format characters: what turns text round, or is not seen.
    .replaceAll(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu, '_')
    .replace(/^[\s.]+/, '_')
    .replace(/[\s.]+$/, '_')
  if (safe === '' || windows.test(safe)) safe = `_${safe}`
  while (Buffer.byteLength(safe) > longest) safe = [...safe].slice(0, -1).join('')
  return safe
}

// Two names that a file system without capitals takes for one.
const folded = (name: string) => name.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFC')

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/**
 * A name for each: its own where that is safe and nobody else's, else with a suffix that is its alone. Depends on the
 * names themselves, not on their order.
 */
export function uniqueNames<T>(
  items: T[],
  nameOf: (item: T) => string,
  suffixOf: (item: T) => string,
  taken: string[] = [],
): Map<T, string> {
  const count = new Map<string, number>(taken.map((name) => [folded(name), 1]))
  for (const item of items) {
    const key = folded(safeName(nameOf(item)))
    count.set(key, (count.get(key) ?? 0) + 1)
  }
  const names = new Map<T, string>()
  for (const item of items) {
    const name = nameOf(item)
    const safe = safeName(name)
    // One that looks like it had a suffix gets its own, so that it can be no other's.
    const plain = safe === name && count.get(folded(safe)) === 1 && !/~\w+$/.test(safe)
    names.set(item, plain ? safe : `${safe}~${suffixOf(item)}`)
  }
  return names
}

export interface NamedText {
  key: string
  category: string
  /** Null: the knowledge of the category. */
  section: string | null
  id: number | null
}

/** category/section.md, knowledge/category.md. */
export function textPaths(texts: NamedText[]): Map<string, string> {
  const sops = texts.filter(({ section }) => section !== null)
  const byCategory = Map.groupBy(sops, ({ category }) => category)
  const folders = uniqueNames([...byCategory.keys()], (name) => name, short, ours)
  const paths = new Map<string, string>()
  for (const [category, members] of byCategory)
    for (const [text, name] of uniqueNames(
      members,
      ({ section }) => section!,
      ({ id }) => String(id),
    ))
      paths.set(text.key, `${folders.get(category)}/${name}.md`)
  const knowledge = texts.filter(({ section }) => section === null)
  for (const [text, name] of uniqueNames(
    knowledge,
    ({ category }) => category,
    ({ category }) => short(category),
  ))
    paths.set(text.key, `knowledge/${name}.md`)
  return paths
}
