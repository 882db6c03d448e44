/** How the providers' prompt caches count, as far as they document it; entries never expire here. */
import { createHash } from 'node:crypto'
import { tokensOf } from './script.ts'

const least = 1024

/** OpenAI: the longest prefix seen before, from 1,024 tokens on, in steps of 128. */
export class PrefixCache {
  private readonly seen = new Map<string, string[]>()

  /** How many tokens of this prompt come from the cache; it is in it from now on. */
  cached(model: string, prompt: string): number {
    const before = this.seen.get(model) ?? []
    let longest = 0
    for (const earlier of before) {
      const end = Math.min(earlier.length, prompt.length)
      let same = 0
      while (same < end && earlier.charCodeAt(same) === prompt.charCodeAt(same)) same++
      longest = Math.max(longest, same)
    }
    this.seen.set(model, [prompt, ...before].slice(0, 200))
    const tokens = Math.floor(longest / 4)
    return tokens < least ? 0 : tokens - (tokens % 128)
  }
}

export interface CacheBlock {
  text: string
  /** It has a cache_control. */
  breakpoint: boolean
}

/** Anthropic: what stands before a cache_control is written, and found again up to 20 blocks before one. */
export class BreakpointCache {
  private readonly seen = new Set<string>()

  count(model: string, blocks: CacheBlock[]): { read: number; written: number; rest: number } {
    const hash = createHash('sha256').update(model)
    const prefixes: { key: string; tokens: number }[] = []
    let length = 0
    for (const { text } of blocks) {
      hash.update(`\u0000${text}`)
      length += text.length
      prefixes.push({ key: hash.copy().digest('hex'), tokens: Math.ceil(length / 4) })
    }
    const breakpoints = blocks.flatMap(({ breakpoint }, index) => (breakpoint ? [index] : []))
    let read = 0
    for (const at of breakpoints)
      for (let index = at; index >= Math.max(0, at - 20); index--)
        if (this.seen.has(prefixes[index]!.key)) read = Math.max(read, prefixes[index]!.tokens)
    const last = prefixes[breakpoints.at(-1) ?? -1]
    const upTo = last && last.tokens >= least ? Math.max(last.tokens, read) : read
    for (const at of breakpoints) if (prefixes[at]!.tokens >= least) this.seen.add(prefixes[at]!.key)
    const all = tokensOf(blocks.map(({ text }) => text).join(''))
    return { read, written: upTo - read, rest: Math.max(0, all - upTo) }
  }
}
