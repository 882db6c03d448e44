/** The whole loop on the demo club, played through the public API: a server, a worker, and HTTP requests. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../../server/index.ts'
import { startWorker } from '../../worker/index.ts'
import type { App } from '../app.ts'
import { demoFolder, importDemo } from '../content/demo.ts'
import { loadSet, type Question } from './index.ts'
import { describeUse, type ModelUse, modelUse } from './model_use.ts'

export interface DemoResult {
  asked: number
  helpful: number
  failed: number
  patterns: number
  proposals: number
  approved: number
  rejected: number
  hit1_before: number
  hit1_after: number
  stale_answers: number
  stale_checks: number
  seconds: number
  models: ModelUse
}

type Role = 'anonymous' | 'agent' | 'reviewer'

class Client {
  readonly url: string
  constructor(url: string) {
    this.url = url
  }

  async send<T>(role: Role, query: string, variables: object = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-clubos-role': role,
        ...(role === 'anonymous' ? {} : { 'x-clubos-actor': `demo ${role}` }),
      },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] }
    if (errors) throw new Error(`The API refused: ${errors.map((error) => error.message).join('; ')}`)
    return data
  }
}

interface Asked {
  ask: {
    response: {
      id: string
      outcome: string
      sources: { sopId: number | null; version: number | null; category: string; topic: string }[]
    }
  }
}

const askDocument = `mutation ($query: String!, $site: String) {
  ask(input: { query: $query, site: $site }) { response { id outcome sources { sopId version category topic } } }
}`

const targetOf = (source: { category: string; topic: string } | undefined) =>
  source && `${source.category}/${source.topic}`

export async function playDemo(
  app: App,
  options: {
    say: (text: string) => void
    progress: (text: string) => void
    weeks: number
    /** So many test questions, and so many of its customers, at most. */
    questions?: number
  },
): Promise<DemoResult> {
  const { say, progress } = options
  const begun = Date.now()
  await importDemo(app)
  const set = await loadSet(app, demoFolder, progress)
  const { questions = Number.POSITIVE_INFINITY } = options
  const queries = spread(set.queries, questions)
  // The first ones, since customers ask the same again within days: that is what is learnt from.
  const feedback = set.feedback.slice(0, questions)
  // A server for this run alone: all its customers come from one address.
  const alone = {
    host: '127.0.0.1',
    port: 0,
    production: false,
    publicUrl: undefined,
    developmentHeaders: true,
    rateLimits: 'off',
  } as const
  const worker = await startWorker(app, app.database.url)
  const server = await startServer({ ...app.config, ...alone }, app, app.database.url, {
    ready: async () => null,
  })
  const client = new Client(server.url)
  const result: Counts = {
    asked: 0,
    helpful: 0,
    failed: 0,
    patterns: 0,
    proposals: 0,
    approved: 0,
    rejected: 0,
    hit1_before: 0,
    hit1_after: 0,
    stale_answers: 0,
    stale_checks: 0,
    seconds: 0,
  }
  try {
    say(
      `The club has its SOPs. ${queries.length} test questions, which it never learns from, and ${feedback.length} questions of its customers from ${options.weeks} weeks.`,
    )
    const answerable = queries.filter((question) => question.right.length > 0)
    const hit1 = async (when: string) => {
      let hits = 0
      for (const [index, question] of answerable.entries()) {
        if (index % 20 === 0) progress(`${when}: test question ${index} of ${answerable.length}`)
        const { ask } = await client.send<Asked>('anonymous', askDocument, {
          query: question.query,
          site: question.site,
        })
        hits += Number(question.right.includes(targetOf(ask.response.sources[0]) ?? ''))
      }
      return Math.round((hits / answerable.length) * 1000) / 1000
    }
    result.hit1_before = await hit1('Before learning')
    say(
      `Before learning: the first source is right for ${(result.hit1_before * 100).toFixed(1)} % of the test questions.`,
    )

    const perWeek = Math.ceil(feedback.length / options.weeks)
    for (let week = 0; week < options.weeks; week++) {
      const before = { ...result }
      for (const [index, question] of feedback.slice(week * perWeek, (week + 1) * perWeek).entries()) {
        if (index % 20 === 0) progress(`Week ${week + 1}: question ${index} of ${perWeek}`)
        await live(client, question, result)
      }
      const proposals = await analyseNow(client, progress)
      result.patterns += proposals.patterns
      result.proposals += proposals.ids.length
      for (const [index, id] of proposals.ids.entries()) {
        progress(`Week ${week + 1}: proposal ${index + 1} of ${proposals.ids.length}`)
        await review(client, id, result)
      }
      say(
        `Week ${week + 1}: ${result.asked - before.asked} asked, ${result.helpful - before.helpful} helped, ${result.failed - before.failed} failed → ` +
          `${proposals.patterns} patterns → ${proposals.ids.length} proposals → ${result.approved - before.approved} approved, ${result.rejected - before.rejected} rejected.`,
      )
    }
    result.hit1_after = await hit1('After learning')
    say(
      `After learning: right for ${(result.hit1_after * 100).toFixed(1)} %. Answers from an old text right after an approval: ${result.stale_answers} of ${result.stale_checks}.`,
    )
    result.seconds = Math.round((Date.now() - begun) / 100) / 10
    const models = await modelUse(app.pool)
    for (const line of describeUse(models)) say(line)
    return { ...result, models }
  } finally {
    await server.close()
    await worker.stop().catch(() => {})
  }
}

type Counts = Omit<DemoResult, 'models'>

/** So many of them, from all parts of the set. */
function spread<T>(all: T[], most: number): T[] {
  const step = Math.max(1, all.length / most)
  return Array.from({ length: Math.min(all.length, most) }, (_, index) => all[Math.floor(index * step)]!)
}

/** A customer asks; a member of staff looks at the answer and says whether it was right. */
async function live(client: Client, question: Question, result: Counts): Promise<void> {
  const { ask } = await client.send<Asked>('anonymous', askDocument, {
    query: question.query,
    site: question.site,
  })
  result.asked++
  const { id, outcome, sources } = ask.response
  if (outcome === 'answered' && question.right.includes(targetOf(sources[0]) ?? '')) {
    await client.send(
      'agent',
      'mutation ($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id } } }',
      { id },
    )
    result.helpful++
  } else if (question.right.length > 0 || outcome === 'answered') {
    const [category, section] = question.right[0]?.split('/') ?? []
    const found = category
      ? await client.send<{ sopByCategoryAndSection: { id: number } | null }>(
          'agent',
          'query ($c: String!, $s: String!) { sopByCategoryAndSection(category: $c, section: $s) { id } }',
          { c: category, s: section },
        )
      : { sopByCategoryAndSection: null }
    await client.send(
      'agent',
      'mutation ($id: BigInt!, $type: String!, $correction: String, $sop: Int, $category: String) { markUnhelpful(input: { responseId: $id, feedbackType: $type, userCorrection: $correction, expectedSopId: $sop, expectedCategory: $category }) { result { id } } }',
      {
        id,
        type: question.feedbackType,
        correction: question.correction,
        sop: found.sopByCategoryAndSection?.id,
        // What nothing fits, a person should have answered.
        category: category === undefined ? 'hand_over' : null,
      },
    )
    result.failed++
  }
}

/** Asks the worker for an analysis and waits until it has ended and each proposal has its dry run. */
async function analyseNow(
  client: Client,
  progress: (text: string) => void,
): Promise<{ ids: number[]; patterns: number }> {
  const status = `query ($run: Int!) { analysisRun(id: $run) { status }
    improvementQueues(filter: { status: { equalTo: "pending" } }, orderBy: [IMPACT_DESC]) { nodes { id patternId dryRun } } }`
  interface Status {
    analysisRun: { status: string }
    improvementQueues: { nodes: { id: number; patternId: number | null; dryRun: unknown }[] }
  }
  const { requestAnalysis } = await client.send<{ requestAnalysis: { result: { id: number } } }>(
    'agent',
    'mutation { requestAnalysis(input: { most: 10000 }) { result { id } } }',
  )
  let before = ''
  for (let waited = 0; ; waited++) {
    const now = await client.send<Status>('agent', status, { run: requestAnalysis.result.id })
    const { nodes } = now.improvementQueues
    progress(`The analyst has drafted ${nodes.length} proposals`)
    const seen = `${now.analysisRun.status} ${nodes.length} ${nodes.filter((node) => node.dryRun).length}`
    if (seen !== before) waited = 0
    before = seen
    const finished = now.analysisRun.status === 'finished' && nodes.every((node) => node.dryRun)
    // Longer than any model is given for one pattern: what is there then has to do.
    if (finished || waited > 600)
      return {
        ids: nodes.map((node) => node.id),
        patterns: new Set(nodes.map((node) => node.patternId)).size,
      }
    await sleep(250)
  }
}

/** The policy of a careful reviewer, and then the promise: the very next answer uses what was approved. */
async function review(client: Client, id: number, result: Counts): Promise<void> {
  const { improvementQueue: proposal } = await client.send<{
    improvementQueue: {
      dryRun: { fixed?: number; broken?: number; conflict?: string } | null
      sopId: number | null
      failedResponse: { query: string } | null
    }
  }>(
    'reviewer',
    'query ($id: Int!) { improvementQueue(id: $id) { dryRun sopId failedResponse { query } } }',
    { id },
  )
  const dryRun = proposal.dryRun ?? {}
  if (dryRun.conflict !== undefined || (dryRun.broken ?? 0) > (dryRun.fixed ?? 0) / 2) {
    await client.send(
      'reviewer',
      'mutation ($id: Int!, $reason: String!) { rejectImprovement(input: { id: $id, reason: $reason }) { result { id } } }',
      {
        id,
        reason: `The dry run breaks ${dryRun.broken ?? 0} good answers and fixes ${dryRun.fixed ?? 0}.`,
      },
    )
    result.rejected++
    return
  }
  await client.send(
    'reviewer',
    'mutation ($id: Int!) { approveImprovement(input: { id: $id }) { result { id } } }',
    { id },
  )
  result.approved++
  if (proposal.sopId === null || !proposal.failedResponse) return
  const { sop } = await client.send<{ sop: { version: number } }>(
    'agent',
    'query ($id: Int!) { sop(id: $id) { version } }',
    { id: proposal.sopId },
  )
  const { ask } = await client.send<Asked>('anonymous', askDocument, { query: proposal.failedResponse.query })
  const source = ask.response.sources.find(
    (found) => found.sopId === proposal.sopId && found.version !== null,
  )
  result.stale_checks++
  if (source && source.version! < sop.version) result.stale_answers++
}
