/** `npm run bench`: measures, on a scratch database beside DATABASE_URL. By hand; never part of the tests. */
import { Command, InvalidArgumentError } from 'commander'

process.env.GRAPHILE_ENV ??= 'production'

const benches = {
  policies: 'what row level security costs, on 100,000 rows',
  audit: 'what the audit chain costs, under 16 connections',
  load: 'answers and refusals at a rate, at twice and four times it, and under a flood',
  asking:
    'a question over HTTP in 10,000 units (--rows), without language models: where each millisecond goes',
  answering: 'answers and analyses by models: what is added to the provider’s time, tokens, cost',
  dry_run:
    'what dry runs predict against what approvals do to questions held back, the queue’s order, and their time',
  retrieval:
    'searches in 10,000 units (--rows, up to 1,000,000): time by leg, recall, agreement with exact BM25, filters',
  approvals: 'two reviewers approving 10,000 proposals (--rows) while two readers search',
  import: 'importing 10,000 documents (--rows), against COPY and index build of the same rows',
  backup:
    '10,000 SOPs to a folder, S3 and Drive, again after some changes, and restored: times, calls, equality',
  reembed: 'moving 10,000 search units to another embedding model, with searches meanwhile',
  peers: 'against LangChain’s, Mastra’s and LlamaIndex’s vector stores (npm ci --prefix bench/peers)',
  masking: 'personal data taken out of a long text, and of texts made to take long',
  replay: '1,000 answers whose searches are done again after 300 edits',
  watching: 'what a scrape asks the database, on 100,000 answers; how a statement tells its request',
  questions: 'the 25 questions of docs/questions.md, on 100,000 answers and 10,000 failures',
  web: 'the review queue in a browser, with 5,000 proposals that wait and 10,000 SOPs',
} as const
type Bench = keyof typeof benches

export interface BenchOptions {
  /** Runs just the cases whose name holds this. */
  only?: string
  /** How much data; each bench has its own usual size. */
  rows?: number
  /** Progress and tables; silent with --json. */
  print(line: string): void
}

const program = new Command('bench')
  .description(
    `Measures ClubOS. Needs a PostgreSQL (npm run postgres -- up) whose URL is in DATABASE_URL.\n\n${Object.entries(
      benches,
    )
      .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
      .join('\n')}`,
  )
  .argument('[bench]', 'which one; without, they are listed')
  .option('--only <text>', 'just the cases whose name holds this')
  .option('--rows <n>', 'how much data, where a bench has a size', (text) => {
    const rows = Number(text)
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw new InvalidArgumentError('A number of rows is expected.')
    return rows
  })
  .option('--json', 'print one JSON object')
  .action(async (name: string | undefined, options: { only?: string; rows?: number; json?: boolean }) => {
    if (name === undefined) {
      program.outputHelp()
      return
    }
    if (!Object.hasOwn(benches, name))
      program.error(`There is no bench "${name}": ${Object.keys(benches).join(', ')}`, { exitCode: 2 })
    if (!process.env.DATABASE_URL)
      program.error(
        'Set DATABASE_URL: the embedded database is one session, and its figures would say nothing.',
        { exitCode: 2 },
      )
    const { default: run } = (await import(`./${name as Bench}.ts`)) as {
      default(options: BenchOptions): Promise<object>
    }
    const result = await run({
      only: options.only,
      rows: options.rows,
      print: (line) => (options.json ? undefined : console.log(line)),
    })
    if (options.json) console.log(JSON.stringify({ bench: name, ...result }))
  })
await program.parseAsync()
