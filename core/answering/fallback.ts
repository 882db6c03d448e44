/**
 * What a failure leads to: the club's own text, quoted, where that is certain enough; or a person. Never silence.
 * docs/models.md says it in words.
 */
import type { FailureKind } from '../llm/index.ts'

/** Where the model answered, and its answer may not be given. */
export type Refusal =
  /** The model says itself that its sources do not hold the answer. */
  | 'no_answer'
  /** No sentence of it names a source. */
  | 'uncited'
  /** It says what no cited source says. */
  | 'unsupported'
  /** It tells what nobody may be told: instructions, secrets, others' data. */
  | 'leak'
  /** It holds what is no text: images, HTML, links that hide where they lead. */
  | 'unsafe'
  | 'too_long'

export type Failure = FailureKind | Refusal

/**
 * quote: the local answer, as if there were no model; below the threshold that is a hand-over anyway.
 * hand_over: a person, even where the local answer seems certain.
 */
export const leadsTo: Record<Failure, 'quote' | 'hand_over'> = {
  rate_limited: 'quote',
  quota_exhausted: 'quote',
  overloaded: 'quote',
  server_error: 'quote',
  timeout: 'quote',
  connection: 'quote',
  stream_broken: 'quote',
  truncated: 'quote',
  invalid_output: 'quote',
  unknown_model: 'quote',
  unauthorized: 'quote',
  bad_request: 'quote',
  aborted: 'quote',
  breaker_open: 'quote',
  budget_stopped: 'quote',
  // A provider that finds a question too delicate to answer is a reason for a person to look at it.
  refused: 'hand_over',
  filtered: 'hand_over',
  // Whoever invents, or finds nothing, has read sources that do not answer the question.
  no_answer: 'hand_over',
  uncited: 'hand_over',
  unsupported: 'hand_over',
  leak: 'hand_over',
  unsafe: 'hand_over',
  too_long: 'quote',
}

/** As staff read it: on the ticket, and beside the answer. */
const words: Record<Failure, string> = {
  rate_limited: 'the model’s provider had too many requests',
  quota_exhausted: 'the account at the model’s provider has no money left',
  overloaded: 'the model’s provider was overloaded',
  server_error: 'the model’s provider failed',
  timeout: 'the model did not answer in time',
  connection: 'the model’s provider could not be reached',
  stream_broken: 'the connection to the model broke',
  truncated: 'the model’s answer ended at its limit of length',
  invalid_output: 'the model’s answer was not of the form asked for',
  unknown_model: 'the provider does not know the model',
  unauthorized: 'the provider does not take our key',
  bad_request: 'the provider did not understand our request',
  aborted: 'the model was stopped',
  breaker_open: 'the model’s provider failed too often a moment ago',
  budget_stopped: 'the budget for models is used up',
  refused: 'the model declined to answer',
  filtered: 'the provider’s content filter stopped the answer',
  no_answer: 'the model found no answer in its sources',
  uncited: 'the model named no source',
  unsupported: 'the model said what no source says',
  leak: 'the model’s answer held what is not for customers',
  unsafe: 'the model’s answer held what is no plain text',
  too_long: 'the model’s answer was too long',
}

export const inWords = (failure: Failure, detail?: string): string =>
  detail ? `${words[failure]} (${detail})` : words[failure]
