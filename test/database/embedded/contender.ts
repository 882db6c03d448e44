/** A thread that takes the lock of a folder when told to: threads really race, promises only take turns. */
import { parentPort } from 'node:worker_threads'
import { DataDirLock } from '../../../core/database/embedded/lock.ts'

let lock: DataDirLock | null = null

parentPort?.on('message', async (dataDir: string | null) => {
  if (dataDir === null) {
    lock?.release()
    lock = null
    parentPort?.postMessage('released')
    return
  }
  try {
    lock = await DataDirLock.acquire(dataDir)
    parentPort?.postMessage('taken')
  } catch (error) {
    parentPort?.postMessage((error as Error).name)
  }
})
