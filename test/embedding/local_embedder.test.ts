/** The local model: what many ask is computed once. */
import { afterAll, expect, it } from '@jest/globals'
import { LocalEmbedder } from '../../core/embedding/index.ts'

const embedder = new LocalEmbedder()
afterAll(() => embedder.close())

it('a question asked again has its vector from memory, another one its own', async () => {
  const [first] = await embedder.embed(['How do I open the door?'])
  const [other] = await embedder.embed(['What does an hour cost?'])
  expect((await embedder.embed(['How do I open the door?']))[0]).toBe(first)
  expect(other).not.toEqual(first)
})

it('texts that come together are computed, and the same', async () => {
  const [first] = await embedder.embed(['How do I open the door?'])
  const [again, other] = await embedder.embed(['How do I open the door?', 'What does an hour cost?'])
  expect(again).not.toBe(first)
  const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  expect(cosine(again!, first!)).toBeCloseTo(1, 5)
  expect(cosine(other!, first!)).toBeLessThan(0.9)
})

it('none for none', async () => {
  expect(await embedder.embed([])).toEqual([])
})
