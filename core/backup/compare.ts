/** What has to be done so that a target has what the club has. */
import { manifestPath } from './manifest.ts'
import type { BackupFile, Stored } from './target.ts'

export interface Steps {
  put: { file: BackupFile; before: Stored | null; same: boolean }[]
  unchanged: number
  /** After the new manifest is in place: until then the old one may name them. */
  remove: Stored[]
}

/** Each stored file has at most one use; what has none is removed, a second one of the same among it. */
export function compare(files: BackupFile[], stored: Stored[], renames: boolean): Steps {
  const there = stored.filter(({ path }) => path !== manifestPath && !path.endsWith('/'))
  const byPath = Map.groupBy(there, ({ path }) => path)
  const byKey = Map.groupBy(
    there.filter(({ key }) => key !== null),
    ({ key }) => key!,
  )
  const used = new Set<Stored>()
  const put: Steps['put'] = []
  let unchanged = 0
  for (const file of files) {
    const candidates = renames ? (byKey.get(file.key) ?? []) : (byPath.get(file.path) ?? [])
    const rank = (one: Stored) => (one.sha256 === file.sha256 ? 2 : 0) + (one.path === file.path ? 1 : 0)
    const best = candidates.toSorted((a, b) => rank(b) - rank(a))[0]
    if (best) used.add(best)
    const same = best !== undefined && best.sha256 === file.sha256
    if (same && best.path === file.path) unchanged++
    else put.push({ file, before: best ?? null, same })
  }
  const folders = new Set<string>()
  for (const { path } of files)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      folders.add(path.slice(0, at + 1))
  const manifests = stored.filter(({ path }) => path === manifestPath)
  const remove = [
    ...there.filter((one) => !used.has(one) && one.ours === true),
    ...manifests.slice(1),
    ...stored.filter(({ path }) => path.endsWith('/') && !folders.has(path)),
  ]
  return { put, unchanged, remove }
}
