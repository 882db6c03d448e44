/** What a look at a deployment finds: how bad it is, what it means, and what to do. */
export type Level = 'ok' | 'warn' | 'fail'

export interface Finding {
  check: string
  level: Level
  found: string
  /** Why it matters, and what to do; absent where all is well. */
  means?: string
  advice?: string
}

export const ok = (check: string, found: string): Finding => ({ check, level: 'ok', found })

/** ok as long as `good` is; else what is given. */
export const unless = (
  good: boolean,
  check: string,
  found: string,
  otherwise: { level?: 'warn' | 'fail'; means: string; advice: string },
): Finding =>
  good
    ? ok(check, found)
    : { check, level: otherwise.level ?? 'fail', found, means: otherwise.means, advice: otherwise.advice }
