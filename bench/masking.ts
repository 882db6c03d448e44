/** What masking takes: a customer's long text, and texts made to take long, whose time must grow with their length alone. */
import { hostile, hostileText } from '../test/sql/masking_cases.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const story = 'The projector in bay 12 is black since 18:30 and the remote does nothing, what shall I do? '
const sizes = [8_192, 65_536]

export default (options: BenchOptions) =>
  withScratch(1, async (pool) => {
    const milliseconds = async (text: string) => {
      const times = []
      for (let n = 0; n < 7; n++) {
        const begun = performance.now()
        await pool.query('select app_hidden.mask_personal_data($1)', [text])
        times.push(performance.now() - begun)
      }
      return quantile(times.slice(1), 0.5)
    }
    options.print(
      `${'a text of'.padEnd(24)} ${sizes.map((size) => `${size / 1024} kB`.padStart(9)).join('')}  (ms, p50; linear is a growth of 8)   growth`,
    )
    const texts = {
      story: (size: number) => story.repeat(size / story.length),
      ...Object.fromEntries(
        Object.keys(hostile).map((name) => [name, (size: number) => hostileText(name, size)]),
      ),
    }
    const results = []
    for (const [name, text] of Object.entries(texts)) {
      if (!name.includes(options.only ?? '')) continue
      const [eighth, whole] = [await milliseconds(text(sizes[0]!)), await milliseconds(text(sizes[1]!))]
      results.push({ name, eighth, whole, growth: whole / eighth })
      options.print(
        `${name.padEnd(24)} ${[eighth, whole].map((ms) => ms.toFixed(1).padStart(9)).join('')} ${(whole / eighth).toFixed(1).padStart(42)}`,
      )
    }
    return { masking: results }
  })
