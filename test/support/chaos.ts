/** Load for the chaos test: people who ask, rate, write, approve and take over, and the ledger of what they were told. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Violation } from './checker.ts'

interface Who {
  role: string
  actor?: string
  visitor?: string
}

export type Outcome<T> =
  | { kind: 'acknowledged'; data: T }
  /** Told that it was not done. */
  | { kind: 'refused'; code: string }
  /** Told nothing, or that nobody knows. */
  | { kind: 'unknown' }

/** Writes whose trace in the tables carries their token, and how often it is found there. */
const traces = {
  ask: `select substring(question from '\\(ref (\\w+)\\)$') as token from app_public.responses`,
  save: `select substring(change_reason from '^save (\\w+)$') as token from app_public.sop_versions`,
  rollback: `select substring(change_reason from '^Rollback to version \\d+: back (\\w+)$') as token from app_public.sop_versions`,
  propose: `select substring(suggested_sop_update ->> 'reasoning' from '^idea (\\w+)$') as token from app_public.improvement_queue`,
  approve: `select substring(decision_reason from '^yes (\\w+)$') as token from app_public.improvement_queue where status = 'approved'`,
  reject: `select substring(rejection_reason from '^no (\\w+)$') as token from app_public.improvement_queue where status = 'rejected'`,
  takeOver: `select substring(body from '^ann (\\w+) took over$') as token from app_public.messages where author_kind = 'system'`,
  handBack: `select substring(body from '^ann (\\w+) handed back') as token from app_public.messages where author_kind = 'system'`,
  reply: `select substring(body from '^hello (\\w+)$') as token from app_public.messages where author_kind = 'staff'`,
} as const
type Kind = keyof typeof traces

interface Entry {
  token: string
  outcome: 'acknowledged' | 'refused' | 'unknown'
}

export interface Totals {
  requests: number
  acknowledged: number
  refused: number
  unknown: number
  /** The longest that a request waited for any answer, in ms. */
  slowest: number
  codes: Record<string, number>
}

const subjects = ['door', 'projector', 'booking', 'heating', 'ball', 'refund', 'music', 'locker'] as const
const questions = [
  'the door code does nothing',
  'the projector in my bay is black',
  'can I move my booking to tomorrow',
  'it is freezing in here',
  'the ball is not seen by the camera',
  'I want my money back',
  'can you turn the music down',
  'my locker does not open',
  'do you sell zebras',
]
const textOf = (subject: string, token: string) =>
  `# ${subject}\n\n## When to use\n\nThe customer asks about the ${subject}.\n\n## Steps\n\n1. Look at the ${subject}.\n2. Press the green button.\n3. Wait for ${token}.\n`

export const newToken = () => randomBytes(6).toString('hex')
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

export class Load {
  readonly totals: Totals = { requests: 0, acknowledged: 0, refused: 0, unknown: 0, slowest: 0, codes: {} }
  /** What was seen on the way that must not be. */
  readonly violations: Violation[] = []
  readonly #entries = new Map<Kind, Entry[]>(Object.keys(traces).map((kind) => [kind as Kind, []]))
  /** By response: what was asked for in turn, and what was answered. */
  readonly #ratings = new Map<string, { wanted: 'helpful' | 'unhelpful'; outcome: Entry['outcome'] }[]>()
  readonly #answers: { id: string; text: string }[] = []
  readonly #versions: { sop: number; version: number; hash: string }[] = []
  readonly #rollbacks: { sop: number; version: number; target: number }[] = []
  readonly #tickets: number[] = []
  readonly #urls: () => string[]
  readonly #timeLimit: number
  #going = true

  /** urls: of the servers that are thought to live. timeLimit: ms after which a request counts as hung. */
  constructor(urls: () => string[], timeLimit: number) {
    this.#urls = urls
    this.#timeLimit = timeLimit
  }

  stop() {
    this.#going = false
  }

  async send<T>(who: Who, query: string, variables: object): Promise<Outcome<T>> {
    while (this.#going && this.#urls().length === 0) await sleep(50)
    const begun = performance.now()
    this.totals.requests++
    const outcome = await this.#send<T>(who, query, variables)
    this.totals[outcome.kind]++
    this.totals.slowest = Math.max(this.totals.slowest, Math.round(performance.now() - begun))
    if (outcome.kind === 'refused')
      this.totals.codes[outcome.code] = (this.totals.codes[outcome.code] ?? 0) + 1
    // Whoever was refused for want of a database does not knock a thousand times a second.
    if (outcome.kind !== 'acknowledged') await sleep(50 + Math.random() * 100)
    return outcome
  }

  async #send<T>({ role, actor, visitor }: Who, query: string, variables: object): Promise<Outcome<T>> {
    const urls = this.#urls()
    if (urls.length === 0) return { kind: 'refused', code: 'no server' }
    let text: string
    let status: number
    try {
      const response = await fetch(`${pick(urls)}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-clubos-role': role,
          ...(actor && { 'x-clubos-actor': actor }),
          ...(visitor && { 'x-clubos-visitor': visitor }),
        },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(this.#timeLimit),
      })
      status = response.status
      text = await response.text()
    } catch (error) {
      if ((error as Error).name === 'TimeoutError')
        this.violations.push({ rule: 'no request hangs', query, seconds: this.#timeLimit / 1000 })
      const cause = (error as { cause?: { code?: string } }).cause
      return cause?.code === 'ECONNREFUSED' ? { kind: 'refused', code: 'no server' } : { kind: 'unknown' }
    }
    const result = JSON.parse(text) as {
      data?: Record<string, T>
      errors?: { message: string; extensions?: { code?: string; mayBeDone?: boolean; hint?: string } }[]
    }
    const [error] = result.errors ?? []
    if (!error) return { kind: 'acknowledged', data: Object.values(result.data!)[0]! }
    const { code = `HTTP ${status}`, mayBeDone, hint } = error.extensions ?? {}
    if (!/^CO/.test(code) || code === 'CO500' || (code === 'CO503' && !hint))
      this.violations.push({ rule: 'every error is a clear one', code, message: error.message })
    return mayBeDone ? { kind: 'unknown' } : { kind: 'refused', code }
  }

  /** A write whose trace carries a token: noted before it is sent, so that none is forgotten. */
  async #write<T>(
    kind: Kind,
    token: string,
    who: Who,
    query: string,
    variables: object,
  ): Promise<Outcome<T>> {
    const entry: Entry = { token, outcome: 'unknown' }
    this.#entries.get(kind)!.push(entry)
    const outcome = await this.send<T>(who, query, variables)
    entry.outcome = outcome.kind
    return outcome
  }

  async save(subject: string, actor: string): Promise<Outcome<{ result: { id: number; version: number } }>> {
    const token = newToken()
    const content = textOf(subject, token)
    const saved = await this.#write<{ result: { id: number; version: number } }>(
      'save',
      token,
      { role: 'reviewer', actor },
      'mutation ($s: String!, $c: String!, $r: String!) { saveSop(input: { category: "club", section: $s, content: $c, reason: $r }) { result { id version } } }',
      { s: subject, c: content, r: `save ${token}` },
    )
    if (saved.kind === 'acknowledged')
      this.#versions.push({
        sop: saved.data.result.id,
        version: saved.data.result.version,
        hash: sha(content),
      })
    return saved
  }

  /** The SOPs that the rest is about. */
  async begin(): Promise<void> {
    for (const subject of subjects) {
      const saved = await this.save(subject, 'rita')
      if (saved.kind !== 'acknowledged')
        throw new Error(`The first SOPs cannot be written: ${JSON.stringify(saved)}`)
    }
  }

  async run(): Promise<void> {
    await Promise.all([
      ...['rita', 'rolf'].map((actor) => this.#editor(actor)),
      ...Array.from({ length: 4 }, () => this.#customer()),
      ...Array.from({ length: 2 }, () => this.#agent()),
      this.#approver(),
      this.#analyst(),
    ])
  }

  async #ask(visitor: string, conversation: string | null) {
    const token = newToken()
    const asked = await this.#write<{
      response: {
        id: string
        text: string
        outcome: string
        ticketId: number | null
        conversation: string | null
      }
    }>(
      'ask',
      token,
      { role: 'anonymous', visitor },
      'mutation ($q: String!, $c: UUID) { ask(input: { query: $q, conversation: $c }) { response { id text outcome ticketId conversation } } }',
      { q: `${pick(questions)} (ref ${token})`, c: conversation },
    )
    if (asked.kind !== 'acknowledged') return null
    const { response } = asked.data
    if (response.outcome !== 'withheld') this.#answers.push({ id: response.id, text: response.text })
    return response
  }

  async #rate(id: string, visitor: string, wanted: 'helpful' | 'unhelpful') {
    const ratings = this.#ratings.get(id) ?? []
    this.#ratings.set(id, ratings)
    const rating = { wanted, outcome: 'unknown' as Entry['outcome'] }
    ratings.push(rating)
    const outcome = await this.send(
      { role: 'anonymous', visitor },
      wanted === 'helpful'
        ? 'mutation ($id: BigInt!, $c: String) { markHelpful(input: { responseId: $id, clientMutationId: $c }) { result { id } } }'
        : 'mutation ($id: BigInt!, $c: String) { markUnhelpful(input: { responseId: $id, userCorrection: $c }) { result { id } } }',
      { id, c: Math.random() < 0.3 ? `Press the blue button ${Math.floor(Math.random() * 5)} times.` : null },
    )
    rating.outcome = outcome.kind
  }

  async #startConversation(visitor: string) {
    const started = await this.send<{ result: { id: number; conversation: string } }>(
      { role: 'anonymous', visitor },
      'mutation { startConversation(input: {}) { result { id conversation } } }',
      {},
    )
    if (started.kind !== 'acknowledged') return null
    this.#tickets.push(started.data.result.id)
    return started.data.result
  }

  async #customer() {
    const mine: { id: string; visitor: string }[] = []
    while (this.#going) {
      // Some change their minds long after, when their failure has been analysed.
      if (mine.length > 0 && Math.random() < 0.3) {
        const { id, visitor } = pick(mine)
        await this.#rate(id, visitor, pick(['helpful', 'unhelpful', 'unhelpful'] as const))
      }
      const visitor = randomUUID()
      const ticket = Math.random() < 0.5 ? await this.#startConversation(visitor) : null
      for (let n = 0; n < 3 && this.#going; n++) {
        const response = await this.#ask(visitor, ticket?.conversation ?? null)
        if (!response) continue
        mine.push({ id: response.id, visitor })
        for (let minds = Math.floor(Math.random() * 3); minds > 0; minds--)
          await this.#rate(response.id, visitor, pick(['helpful', 'unhelpful'] as const))
      }
    }
  }

  async #editor(actor: string) {
    while (this.#going) {
      const saved = await this.save(pick(subjects), actor)
      await sleep(Math.random() * 200)
      if (saved.kind !== 'acknowledged' || Math.random() < 0.5) continue
      const { id, version } = saved.data.result
      const token = newToken()
      const target = Math.max(1, version - 1 - Math.floor(Math.random() * 5))
      const back = await this.#write<{ result: { id: number; version: number } }>(
        'rollback',
        token,
        { role: 'reviewer', actor },
        'mutation ($id: Int!, $v: Int!, $r: String!) { rollbackSop(input: { sopId: $id, version: $v, reason: $r }) { result { id version } } }',
        { id, v: target, r: `back ${token}` },
      )
      if (back.kind === 'acknowledged')
        this.#rollbacks.push({ sop: id, version: back.data.result.version, target })
    }
  }

  /** Proposes, and lets two reviewers decide at the same moment. */
  async #approver() {
    while (this.#going) {
      const token = newToken()
      const read = await this.send<{ nodes: { id: number; content: string; version: number }[] }>(
        { role: 'reviewer', actor: 'rita' },
        'query { sops { nodes { id content version } } }',
        {},
      )
      if (read.kind !== 'acknowledged') continue
      const sop = pick(read.data.nodes)
      const proposed = await this.#write<{ result: { id: number } }>(
        'propose',
        token,
        { role: 'agent', actor: 'ann' },
        'mutation ($s: JSON!, $b: Int) { proposeImprovement(input: { kind: "sop_edit", suggestion: $s, baseVersion: $b, failedResponseIds: [] }) { result { id } } }',
        {
          s: {
            sop_id: sop.id,
            section: 'x',
            new_content: `${sop.content}\nAlso ${token}.\n`,
            reasoning: `idea ${token}`,
          },
          b: sop.version,
        },
      )
      if (proposed.kind === 'acknowledged') await this.#decide(proposed.data.result.id)
    }
  }

  async #decide(id: number) {
    const decide = (actor: string, kind: 'approve' | 'reject') => {
      const token = newToken()
      return this.#write(
        kind,
        token,
        // Each its own person: the same one's second click is acknowledged, and changes nothing.
        { role: 'reviewer', actor: `${actor} ${token}` },
        kind === 'approve'
          ? 'mutation ($id: Int!, $r: String!) { approveImprovement(input: { id: $id, reason: $r }) { result { id } } }'
          : 'mutation ($id: Int!, $r: String!) { rejectImprovement(input: { id: $id, reason: $r }) { result { id } } }',
        { id, r: `${kind === 'approve' ? 'yes' : 'no'} ${token}` },
      )
    }
    const decided = await Promise.all([
      decide('rita', 'approve'),
      decide('rolf', Math.random() < 0.7 ? 'approve' : 'reject'),
    ])
    if (decided.every(({ kind }) => kind === 'acknowledged'))
      this.violations.push({ rule: 'a proposal is decided by one', id })
  }

  async #agent() {
    while (this.#going) {
      const visitor = randomUUID()
      const token = newToken()
      const ticket = await this.#startConversation(visitor)
      if (!ticket) continue
      await this.#ask(visitor, ticket.conversation)
      const ann: Who = { role: 'agent', actor: `ann ${token}` }
      const taken = await this.#write(
        'takeOver',
        token,
        ann,
        'mutation ($id: Int!) { takeOver(input: { ticketId: $id }) { result { id } } }',
        { id: ticket.id },
      )
      if (taken.kind !== 'acknowledged') continue
      const silent = await this.#ask(visitor, ticket.conversation)
      if (silent && silent.outcome !== 'withheld')
        this.violations.push({
          rule: 'a person who has the conversation silences the assistant',
          ticket: ticket.id,
          ...silent,
        })
      const word = newToken()
      await this.#write(
        'reply',
        word,
        ann,
        'mutation ($id: Int!, $b: String!) { reply(input: { ticketId: $id, body: $b }) { result { id } } }',
        { id: ticket.id, b: `hello ${word}` },
      )
      const back = await this.#write(
        'handBack',
        token,
        ann,
        'mutation ($id: Int!) { handBack(input: { ticketId: $id }) { result { id } } }',
        { id: ticket.id },
      )
      if (back.kind !== 'acknowledged') continue
      const spoken = await this.#ask(visitor, ticket.conversation)
      if (spoken?.outcome === 'withheld')
        this.violations.push({
          rule: 'the assistant answers again once it has the conversation back',
          ticket: ticket.id,
        })
      await sleep(Math.random() * 300)
    }
  }

  async #analyst() {
    while (this.#going) {
      await this.send(
        { role: 'agent', actor: 'ann' },
        'mutation { requestAnalysis(input: {}) { result { id } } }',
        {},
      )
      await sleep(1500)
      const queue = await this.send<{ nodes: { id: number }[] }>(
        { role: 'reviewer', actor: 'rita' },
        'query { improvementQueues(first: 3, filter: { status: { equalTo: "pending" } }, orderBy: [IMPACT_DESC]) { nodes { id } } }',
        {},
      )
      if (queue.kind === 'acknowledged') for (const { id } of queue.data.nodes) await this.#decide(id)
    }
  }

  /** Compares the ledger with the tables: what was acknowledged and is not there, and what is there though refused. */
  async verify(
    pool: pg.Pool,
  ): Promise<{ losses: Violation[]; ghosts: Violation[]; acknowledgedWrites: number }> {
    const losses: Violation[] = []
    const ghosts: Violation[] = []
    let acknowledgedWrites = 0
    for (const [kind, entries] of this.#entries) {
      const { rows } = await pool.query<{ token: string; times: number }>(
        `select t.token, count(*)::int as times from (${traces[kind]}) t where t.token is not null group by 1`,
      )
      const found = new Map(rows.map(({ token, times }) => [token, times]))
      for (const { token, outcome } of entries) {
        const times = found.get(token) ?? 0
        if (outcome === 'acknowledged') acknowledgedWrites++
        // Where somebody else rolled back to the same text just before, there was nothing to do.
        if (outcome === 'acknowledged' && times === 0 && kind !== 'rollback')
          losses.push({ rule: 'acknowledged, and not there', kind, token })
        if (times > 1) ghosts.push({ rule: 'done more than once', kind, token, times })
        if (outcome === 'refused' && times > 0) ghosts.push({ rule: 'refused, and there', kind, token })
        found.delete(token)
      }
      for (const token of found.keys()) ghosts.push({ rule: 'there, and nobody asked for it', kind, token })
    }

    const responses = new Map(
      (
        await pool.query<{ id: string; text: string; feedback: string | null }>(
          'select id, text, feedback from app_public.responses',
        )
      ).rows.map((row) => [row.id, row]),
    )
    for (const { id, text } of this.#answers) {
      const response = responses.get(id)
      if (!response) losses.push({ rule: 'an answer that was given', id })
      else if (response.text !== text && !/A member of our team/.test(text))
        losses.push({ rule: 'an answer that was given says something else', id })
    }
    for (const [id, ratings] of this.#ratings) {
      // What it may say: the last that was acknowledged, or what came after it and may have been done.
      const last = ratings.findLastIndex(({ outcome }) => outcome === 'acknowledged')
      acknowledgedWrites += ratings.filter(({ outcome }) => outcome === 'acknowledged').length
      const allowed: (string | null)[] = [
        last < 0 ? null : ratings[last]!.wanted,
        ...ratings.slice(last + 1).flatMap(({ outcome, wanted }) => (outcome === 'unknown' ? [wanted] : [])),
      ]
      const feedback = responses.get(id)?.feedback ?? null
      if (!allowed.includes(feedback)) losses.push({ rule: 'a rating', id, feedback, allowed })
    }
    const versions = new Map(
      (
        await pool.query<{ at: string; content: string }>(
          `select sop_id || '/' || version as at, content from app_public.sop_versions`,
        )
      ).rows.map(({ at, content }) => [at, sha(content)]),
    )
    for (const { sop, version, hash } of this.#versions)
      if (versions.get(`${sop}/${version}`) !== hash)
        losses.push({ rule: 'a version that was saved', sop, version })
    for (const { sop, version, target } of this.#rollbacks)
      if (
        !versions.has(`${sop}/${version}`) ||
        versions.get(`${sop}/${version}`) !== versions.get(`${sop}/${target}`)
      )
        losses.push({ rule: 'a rollback', sop, version, target })
    const tickets = new Set(
      (await pool.query<{ id: number }>('select id from app_public.tickets')).rows.map(({ id }) => id),
    )
    acknowledgedWrites += this.#tickets.length
    for (const id of this.#tickets) if (!tickets.has(id)) losses.push({ rule: 'a conversation', id })
    return { losses, ghosts, acknowledgedWrites }
  }
}
