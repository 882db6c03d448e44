/** Texts to vectors of length one, by whichever model is configured. */
import { Worker } from 'node:worker_threads'

export interface Embedder {
  /** Whose model it is: local, or a service's name. */
  readonly provider: string
  /** Stored with each vector; vectors of two models are never compared. */
  readonly model: string
  embed(texts: string[]): Promise<ArrayLike<number>[]>
  close(): Promise<void>
}

interface Waiting {
  resolve(vectors: Float32Array[]): void
  reject(error: Error): void
}

/** @energetic-ai's English model (512 dimensions), bundled: no key, no network. Starts at the first text. */
export class LocalEmbedder implements Embedder {
  readonly provider = 'local'
  readonly model = 'local-use-lite'
  #worker: Worker | null = null
  #waiting = new Map<number, Waiting>()
  #next = 1

  embed(texts: string[]): Promise<Float32Array[]> {
    if (texts.length === 0) return Promise.resolve([])
    this.#worker ??= this.#start()
    const worker = this.#worker
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.ref()
      worker.postMessage({ id, texts })
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./local_thread.ts', import.meta.url), { execArgv: ['--no-warnings'] })
    worker.on('message', (message: { id?: number; vectors?: Float32Array[]; error?: string }) => {
      const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
      if (!waiting) return
      this.#waiting.delete(message.id!)
      if (message.error) waiting.reject(new Error(`The local embedding model failed: ${message.error}`))
      else waiting.resolve(message.vectors!)
      // Idle, it must not keep the process alive.
      if (this.#waiting.size === 0) worker.unref()
    })
    const fail = (error: Error) => {
      for (const waiting of this.#waiting.values()) waiting.reject(error)
      this.#waiting.clear()
      this.#worker = null
    }
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`The local embedding model stopped (exit code ${code}).`)))
    return worker
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }
}
