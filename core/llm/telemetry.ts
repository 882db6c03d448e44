/** Spans of the calls, by OpenTelemetry's conventions for generative AI. Never what was asked or answered. */
import type { Call, LlmError, Provider, Purpose } from './index.ts'

export type Operation = 'chat' | 'embeddings' | 'batch'

export interface Span {
  end(call: Call | null, finishReason: string | null, failure: LlmError | null): void
}

export interface Telemetry {
  start(operation: Operation, provider: Provider, model: string, purpose: Purpose): Span
  close(): Promise<void>
}

export const noTelemetry: Telemetry = {
  start: () => ({ end() {} }),
  async close() {},
}
