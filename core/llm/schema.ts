/** What a model answered, as the object that it must be: a strict mode cannot say all that a schema does. */
import type { z } from 'zod'
import type { Attempt } from './attempt.ts'

/** The text as the object it must be. */
export function parseOutput<T>(text: string, schema: z.ZodType<T>, attempt: Attempt): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw attempt.failAs(
      'invalid_output',
      text === '' ? 'The model said nothing.' : 'The model’s answer is no JSON.',
      null,
      error,
    )
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  // Where it differs, not what it said: that may be a customer's.
  const where = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(all)'} (${issue.code})`)
  throw attempt.failAs('invalid_output', `The model’s answer is not of the schema at ${where.join(', ')}.`)
}
