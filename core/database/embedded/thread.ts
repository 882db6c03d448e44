/** Runs in the worker thread: the engine and the gateway together. */
import { parentPort, workerData } from 'node:worker_threads'
import { Engine } from './engine.ts'
import { Gateway } from './gateway.ts'
import type { FromThread, ThreadOptions, ToThread } from './messages.ts'

const options = workerData as ThreadOptions
const post = (message: FromThread, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(message, transfer)
const log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Record<string, unknown>,
) => post({ type: 'log', level, message, details })
const fail = (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  post({ type: 'failed', message, code: (error as { code?: string } | null)?.code })
  // The message must be on its way before the thread ends, and nothing else may happen.
  setImmediate(() => process.exit(1))
}

try {
  const engine = await Engine.open({
    dataDir: options.pgdata,
    loadDataDir: options.loadDataDir,
    onLog: log,
  })
  const gateway = await Gateway.listen({ ...options, engine, log, lost: fail })
  parentPort?.on('message', async (message: ToThread) => {
    try {
      if (message.type === 'dump') {
        const bytes = await gateway.dump()
        post({ type: 'dumped', id: message.id, bytes }, [bytes.buffer as ArrayBuffer])
      } else {
        await gateway.close()
        await engine.close()
        post({ type: 'closed' })
        parentPort?.close()
        setTimeout(() => process.exit(0), 500).unref()
      }
    } catch (error) {
      if (message.type === 'dump') post({ type: 'dumpFailed', id: message.id, message: String(error) })
      else fail(error)
    }
  })
  post({ type: 'ready', port: gateway.port })
} catch (error) {
  fail(error)
}
