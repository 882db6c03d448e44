/** The answer as a model writes it: from the sources it is given, in pieces that the gate has let through. */
import { type Call, LlmError, type TextModel } from '../llm/index.ts'
import type { Brief } from './brief.ts'
import type { Refusal } from './fallback.ts'
import { Gate, type GateSource, type Verdict } from './guards/gate.ts'
import { answerPrompt } from './guards/prompt.ts'

const mostTokens = 700

/** The model answered, and its answer is not given. The message is for staff. */
export class Refused extends Error {
  readonly refusal: Refusal
  readonly call: Call | null
  constructor(refusal: Refusal, detail: string, call: Call | null) {
    super(detail)
    this.refusal = refusal
    this.call = call
  }
}

export interface Written {
  text: string
  /** Ranks of the sources that it names. */
  cited: number[]
  call: Call
}

export async function write(
  model: TextModel,
  brief: Brief,
  sources: GateSource[],
  options: {
    signal?: AbortSignal
    /** Text that may be shown, as soon as it may. */
    show(text: string): void
  },
): Promise<Written> {
  const prompt = answerPrompt({
    policy: brief.prompts.answer!.content,
    sources,
    conversation: brief.conversation,
    question: brief.masked,
  })
  const gate = new Gate({ ...prompt, sources })
  const stop = new AbortController()
  const { signal = stop.signal } = options
  const stream = model.stream({
    purpose: 'answer',
    system: prompt.system,
    input: prompt.input,
    maxTokens: mostTokens,
    signal: AbortSignal.any([signal, stop.signal]),
  })
  const show = (text: string) => {
    if (text !== '') options.show(text)
  }
  let call: Call | null = null
  try {
    for await (const delta of stream.deltas) {
      if (gate.failure) continue
      show(gate.push(delta))
      // Reading on to the error that this makes tells what the call has cost so far.
      if (gate.failure) stop.abort()
    }
    call = stream.call()
  } catch (error) {
    // What the gate refused stays refused, however the stream ended after it.
    if (!gate.failure) throw error
    if (error instanceof LlmError) call = error.call
  }
  const { delta, verdict } = gate.finish()
  if (verdict.kind !== 'ok') throw refusalOf(verdict, call)
  show(delta)
  return { text: verdict.text, cited: verdict.cited, call: call! }
}

function refusalOf(verdict: Exclude<Verdict, { kind: 'ok' }>, call: Call | null): Error {
  switch (verdict.kind) {
    case 'unsupported':
      return new Refused('unsupported', verdict.claims.map(({ text }) => text.slice(0, 60)).join(', '), call)
    case 'leak':
    case 'unsafe':
      return new Refused(verdict.kind, verdict.what, call)
    case 'empty':
      return new LlmError(
        'invalid_output',
        'The model wrote nothing.',
        call ? { call: { ...call, status: 'invalid_output' } } : {},
      )
    default:
      return new Refused(verdict.kind, '', call)
  }
}
