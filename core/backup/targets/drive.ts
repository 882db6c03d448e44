/**
 * Google Drive. Files are known by appProperties, not by their names or places: a renamed SOP is the same file, and
 * people may look at all of it. Nothing here changes who may see what: viewers of the folder stay viewers.
 */
import { createHash } from 'node:crypto'
import type { drive_v3 } from '@googleapis/drive'
import type { GoogleConfig } from '../../config.ts'
import { BackupError, type BackupTarget, type Stored } from '../target.ts'
import { driveClient } from './drive_client.ts'
import { uploadResumable } from './drive_upload.ts'
import { contentType } from './media_types.ts'

const folderType = 'application/vnd.google-apps.folder'
/** So that shared drives are seen too. */
const everywhere = { supportsAllDrives: true } as const
const fields = 'id,name,mimeType,parents,size,sha256Checksum,appProperties,createdTime'

export function driveTarget(config: GoogleConfig, place: { folderId: string }): BackupTarget {
  const client = driveClient(config)
  const { drive } = client
  const root = place.folderId
  // Uploads go by an address of their own, which takes the root from here.
  const calls = (signal?: AbortSignal) => ({
    signal,
    ...(config.baseUrl && { rootUrl: `${client.origin}/` }),
  })
  const piece = config.piece ?? 8 * 1024 * 1024
  /** path of a folder → its id; the root's is ''. */
  let folders = new Map<string, string>([['', root]])
  const making = new Map<string, Promise<string>>()
  const parentsOf = new Map<string, string[]>()

  /** Where to look. Google may search all drives in part only, and says so; then the folder's own is asked. */
  let where: { corpora: string; driveId?: string } = { corpora: 'allDrives' }
  async function narrow(signal?: AbortSignal) {
    const { data } = await client.attempt(
      () => drive.files.get({ fileId: root, fields: 'id,driveId', ...everywhere }, calls(signal)),
      signal,
    )
    where = data.driveId ? { corpora: 'drive', driveId: data.driveId } : { corpora: 'user' }
  }

  async function page(pageToken: string | undefined, signal?: AbortSignal) {
    const { data } = await client.attempt(
      () =>
        drive.files.list(
          {
            // The root's id: several clubs may share a Drive.
            q: `appProperties has { key='clubos' and value='${root}' } and trashed = false`,
            spaces: 'drive',
            ...where,
            includeItemsFromAllDrives: true,
            pageSize: 1000,
            fields: `nextPageToken,incompleteSearch,files(${fields})`,
            pageToken,
            ...everywhere,
          },
          calls(signal),
        ),
      signal,
    )
    return data
  }

  async function find(key: string, signal?: AbortSignal): Promise<string | null> {
    const { data } = await drive.files.list(
      {
        q: `appProperties has { key='clubos' and value='${root}' } and appProperties has { key='key' and value='${key}' } and trashed = false`,
        ...where,
        includeItemsFromAllDrives: true,
        fields: 'files(id)',
        ...everywhere,
      },
      calls(signal),
    )
    return data.files?.[0]?.id ?? null
  }

  async function trash(id: string, signal?: AbortSignal) {
    await client
      .attempt(
        () =>
          drive.files.update({ fileId: id, requestBody: { trashed: true }, ...everywhere }, calls(signal)),
        signal,
      )
      .catch((error: BackupError) => {
        // Gone already: that is what was wanted.
        if ((error.cause as { status?: number })?.status !== 404) throw error
      })
  }

  /** The folder of this path, made where it is not there; two files that need it at once make one. */
  function folder(path: string, signal?: AbortSignal): Promise<string> {
    const known = folders.get(path)
    if (known !== undefined) return Promise.resolve(known)
    const begun = making.get(path)
    if (begun) return begun
    const made = (async () => {
      const parent = await folder(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '', signal)
      const key = `folder:${createHash('sha256').update(path).digest('hex').slice(0, 32)}`
      let tried = false
      const id = await client.attempt(async () => {
        const found = tried ? await find(key, signal) : null
        tried = true
        if (found !== null) return found
        const { data } = await drive.files.create(
          {
            requestBody: {
              name: path.slice(path.lastIndexOf('/') + 1),
              mimeType: folderType,
              parents: [parent],
              appProperties: { clubos: root, key },
            },
            fields: 'id',
            ...everywhere,
          },
          calls(signal),
        )
        return data.id!
      }, signal)
      folders.set(path, id)
      return id
    })().finally(() => making.delete(path))
    making.set(path, made)
    return made
  }

  return {
    renames: true,
    async list(signal) {
      const files: drive_v3.Schema$File[] = []
      let token: string | undefined
      for (let more = true; more; ) {
        const data = await page(token, signal)
        const partly = data.incompleteSearch === true && where.corpora === 'allDrives'
        if (partly) {
          await narrow(signal)
          files.length = 0
        } else files.push(...(data.files ?? []))
        token = partly ? undefined : (data.nextPageToken ?? undefined)
        more = partly || token !== undefined
      }
      if (files.length === 0) {
        // An id that is wrong would look like an empty backup, and so would a folder in the bin.
        const { data } = await client.attempt(
          () => drive.files.get({ fileId: root, fields: 'id,trashed', ...everywhere }, calls(signal)),
          signal,
        )
        if (data.trashed)
          throw new BackupError('The backup folder is in Google Drive’s bin.', {
            hint: 'Take it out of the bin, or give the target another folder.',
          })
      }

      const byId = new Map(
        files.filter(({ mimeType }) => mimeType === folderType).map((file) => [file.id!, file]),
      )
      const pathOf = (id: string | undefined, depth = 0): string | null => {
        if (id === root) return ''
        const found = id === undefined ? undefined : byId.get(id)
        if (!found || depth > 20) return null
        const parent = pathOf(found.parents?.[0], depth + 1)
        return parent === null ? null : parent === '' ? found.name! : `${parent}/${found.name}`
      }
      folders = new Map([['', root]])
      // Of two folders of one path the older is it; the other's files move, and then it is empty.
      const stored: Stored[] = []
      for (const found of [...byId.values()].sort((a, b) => order(a).localeCompare(order(b)))) {
        const path = pathOf(found.id!)
        const first = path !== null && !folders.has(path)
        if (first) folders.set(path, found.id!)
        stored.push({
          path: first ? `${path}/` : `?/${found.name}/`,
          key: null,
          sha256: null,
          bytes: 0,
          id: found.id!,
          ours: true,
        })
      }
      parentsOf.clear()
      const kept = new Set(folders.values())
      for (const found of files.filter(({ mimeType }) => mimeType !== folderType)) {
        const parent = found.parents?.[0]
        const path = parent !== undefined && kept.has(parent) ? pathOf(parent) : null
        parentsOf.set(found.id!, found.parents ?? [])
        stored.push({
          // In a folder that is not of the backup any more: known by its key, and moved back.
          path: path === null ? `?/${found.name}` : path === '' ? found.name! : `${path}/${found.name}`,
          key: found.appProperties?.key ?? null,
          // As Drive has counted it: what somebody altered there shows.
          sha256: found.sha256Checksum ?? found.appProperties?.sha256 ?? null,
          bytes: Number(found.size ?? 0),
          id: found.id!,
          ours: true,
        })
      }
      return stored
    },

    async put(file, before, content, signal) {
      const split = file.path.lastIndexOf('/')
      const parent = await folder(split < 0 ? '' : file.path.slice(0, split), signal)
      const name = file.path.slice(split + 1)
      const metadata = {
        name,
        mimeType: contentType(file.path),
        appProperties: { clubos: root, key: file.key, sha256: file.sha256 },
      }
      const were = before ? (parentsOf.get(before.id!) ?? []) : []
      const moved = before && !were.includes(parent)
      const query = {
        fields: 'id',
        supportsAllDrives: 'true',
        ...(moved && { addParents: parent, ...(were.length > 0 && { removeParents: were.join(',') }) }),
      }
      if (content !== null && content.length > piece) {
        await uploadResumable(
          client,
          {
            id: before?.id ?? null,
            metadata: before ? metadata : { ...metadata, parents: [parent] },
            query,
            content,
            contentType: contentType(file.path),
            piece,
          },
          signal,
        )
        return
      }
      const media =
        content === null ? {} : { media: { mimeType: contentType(file.path), body: content.toString() } }
      let tried = false
      await client.attempt(async () => {
        let id = before?.id ?? null
        // An answer that was lost: it may be there already, and shall not be there twice.
        if (id === null && tried) id = await find(file.key, signal)
        tried = true
        if (id !== null)
          await drive.files.update(
            { fileId: id, requestBody: metadata, ...media, ...query, supportsAllDrives: true },
            calls(signal),
          )
        else
          await drive.files.create(
            { requestBody: { ...metadata, parents: [parent] }, ...media, fields: 'id', ...everywhere },
            calls(signal),
          )
      }, signal)
    },

    remove: ({ id }, signal) => trash(id!, signal),

    async read({ id }, signal) {
      const { data } = await client.attempt(
        () =>
          drive.files.get(
            { fileId: id!, alt: 'media', ...everywhere },
            { ...calls(signal), responseType: 'arraybuffer' },
          ),
        signal,
      )
      return Buffer.from(data as unknown as ArrayBuffer)
    },
    async close() {},
  }
}

const order = (file: drive_v3.Schema$File) => `${file.createdTime ?? ''} ${file.id}`
