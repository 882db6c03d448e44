/** A club that answers and edits, for tests and measurements of time travel: made-up words, and vectors that follow from them. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { seeded } from '../sql/fixtures.ts'

const syllables = [
  'ba',
  'del',
  'fi',
  'gor',
  'hu',
  'kan',
  'lo',
  'mer',
  'ni',
  'pos',
  'ru',
  'sta',
  'tev',
  'wim',
  'zo',
]
const wordOf = (n: number) =>
  `${syllables[n % 15]}${syllables[Math.floor(n / 15) % 15]}${syllables[(n * 7 + 3) % 15]}`
const categories = ['access', 'booking', 'tech', 'brand', 'house', 'emergency']

const wordVectors = new Map<string, number[]>()
function vectorOfWord(word: string): number[] {
  const known = wordVectors.get(word)
  if (known) return known
  const bytes = Array.from({ length: 4 }, (_, block) => [
    ...createHash('sha256').update(`${word} ${block}`).digest(),
  ]).flat()
  const values = bytes.map((byte) => (byte - 127.5) / 127.5)
  wordVectors.set(word, values)
  return values
}

/** The mean direction of its words, so that texts with the same words are near each other. */
export function vectorOf(text: string): string {
  const values = new Array<number>(1536).fill(0)
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const own = vectorOfWord(word)
    for (let i = 0; i < own.length; i++) values[i]! += own[i]!
  }
  values[128] = 0.01
  const length = Math.hypot(...values)
  return `[${values.map((value) => Math.fround(value / length)).join(',')}]`
}

export interface History {
  /** Ids of the answers given. */
  responses: string[]
  edits: Record<string, number>
}

/** What a club of made-up SOPs and entries does, the same for the same seed: `setUp`, then `answer` and `edit`. */
export class BusyClub {
  readonly edits: Record<string, number> = {}
  readonly #pool: pg.Pool
  readonly #random: () => number
  readonly #reviewer: Claims = { role: 'reviewer', actor: 'rita' }
  readonly #server: Claims = { role: 'worker', actor: 'server' }

  constructor(pool: pg.Pool, seed = 6) {
    this.#pool = pool
    this.#random = seeded(seed)
  }

  #pick = <T>(from: readonly T[]): T => from[Math.floor(this.#random() * from.length)]!
  /** Few words are common and most are rare, as in any language. */
  #words = (n: number) =>
    Array.from({ length: n }, () => wordOf(Math.floor(400 * this.#random() ** 2))).join(' ')
  #sopText = () =>
    `# ${this.#words(3)}\n\n## When to use\n\n${this.#words(8)}.\n\n## Steps\n\n1. ${this.#words(14)}.\n2. ${this.#words(12)}.\n\n## Customers also say\n\n- ${this.#words(4)}\n- ${this.#words(5)}\n`
  #as = <T>(claims: Claims, statement: string, parameters: unknown[] = []) =>
    withClaims(this.#pool, claims, async (client) => (await client.query(statement, parameters)).rows as T[])

  async setUp(sops: number, entries: number): Promise<void> {
    await this.#pool.query(
      `insert into app_public.sites (slug, name) values ('north', 'North') on conflict do nothing`,
    )
    for (let n = 0; n < sops; n++)
      await this.#as(this.#reviewer, 'select id from save_sop($1, $2, $3, $4)', [
        categories[n % categories.length],
        n < categories.length ? `first_${n}` : `section_${n}`,
        this.#sopText(),
        'Begun',
      ])
    for (let n = 0; n < entries; n++) await this.#saveKnowledge()
    await this.embed()
    await this.#as(this.#server, 'select app_private.refresh_search_statistics(true)')
  }

  #saveKnowledge = () =>
    this.#as(this.#reviewer, 'select id from save_knowledge($1, $2, $3, $4, $5, site => $6)', [
      this.#pick(categories),
      `topic ${Math.floor(this.#random() * 30)}`,
      `${this.#words(5)}?`,
      `${this.#words(10)}.`,
      'Written',
      this.#random() < 0.2 ? 'north' : null,
    ])

  /** As the job does it. */
  async embed(): Promise<void> {
    for (;;) {
      const rows = await this.#as<{ embedding_text: string; model: string }>(
        this.#server,
        'select w.embedding_text, s.embedding_model as model from app_private.vectors_wanted(200) w, club_settings s',
      )
      if (rows.length === 0) return
      const [{ stored }] = (await this.#as<{ stored: number }>(
        this.#server,
        'select app_private.store_vectors($1, $2::vector[], $3) as stored',
        [
          rows.map((row) => row.embedding_text),
          rows.map((row) => vectorOf(row.embedding_text)),
          rows[0]!.model,
        ],
      )) as [{ stored: number }]
      if (stored === 0) return
    }
  }

  /** An answer as the server gives it: some with a category, at a site, routed by a model, or an emergency. */
  async answer(): Promise<string> {
    const question = `${this.#words(3 + Math.floor(this.#random() * 6))}?`
    const chance = this.#random()
    const [begun] = await this.#as<{ draft: { text: string; outcome: string; category: string } }>(
      this.#server,
      'select app_hidden.begin_answer($1, $2::vector, $3, $4, null, $5) as draft',
      [
        question,
        chance < 0.05 ? null : vectorOf(question),
        chance > 0.9 ? this.#pick(categories.slice(0, 5)) : null,
        this.#random() < 0.3 ? 'north' : null,
        chance > 0.5 && chance < 0.75
          ? JSON.stringify({ category: this.#pick(categories), emergency: false })
          : null,
      ],
    )
    const { draft } = begun!
    const [recorded] = await this.#as<{ id: string }>(
      this.#server,
      `select id from record_response(question => $1, text => $2, outcome => $3, model => 'local-extractive', sources => $4::jsonb -> 'sources',
         category => $5, requested_category => $6, site => $4::jsonb ->> 'site', search => $4::jsonb -> 'search')`,
      [
        question,
        draft.text,
        draft.outcome,
        JSON.stringify(draft),
        draft.category,
        chance > 0.9 ? draft.category : null,
      ],
    )
    return recorded!.id
  }

  /** One of all the ways in which what is searched changes. */
  async edit(): Promise<void> {
    const kinds = {
      save_sop: () =>
        this.#sop((sop) => [
          'select id from save_sop($1, $2, $3, $4)',
          [sop.category, sop.section, this.#edited(sop.content), 'Changed'],
        ]),
      new_sop: () =>
        this.#as(this.#reviewer, 'select id from save_sop($1, $2, $3, $4)', [
          this.#pick(categories),
          `new ${this.#words(3)}`,
          this.#sopText(),
          'New',
        ]),
      archive_sop: () => this.#sop((sop) => [`select archive_sop($1, 'Out of use')`, [sop.id]]),
      approve: () =>
        this.#sop(async (sop) => {
          const [proposed] = await this.#as<{ id: number }>(
            this.#server,
            `select id from propose_improvement('sop_edit', jsonb_build_object('sop_id', $1::integer, 'new_content', $2::text, 'reasoning', 'Better'), '{}')`,
            [sop.id, this.#edited(sop.content)],
          )
          return [`select approve_improvement($1, 'Approved')`, [proposed!.id]]
        }),
      save_knowledge: this.#saveKnowledge,
      edit_knowledge: () =>
        this.#entry((id) => [
          `select edit_knowledge($1, $2, $3, 'Changed')`,
          [id, `${this.#words(5)}?`, this.#words(8)],
        ]),
      retire_knowledge: () => this.#entry((id) => [`select retire_knowledge($1, 'Old')`, [id]]),
      delete_knowledge: () => this.#entry((id) => ['delete from knowledge_base where id = $1', [id]]),
      merge_knowledge: async () => {
        const { rows } = await this.#pool.query(
          `select min(id) as keep, max(id) as duplicate from app_public.knowledge_base where site_id is null and (valid_to is null or valid_to > now())
            group by category, topic having count(*) > 1 order by 1 limit 1`,
        )
        if (rows[0])
          await this.#as(this.#reviewer, `select merge_knowledge($1, array[$2::integer], 'The same')`, [
            rows[0].keep,
            rows[0].duplicate,
          ])
      },
      learn: async () => {
        const { rows } = await this.#pool.query(
          `select id from app_public.responses where outcome = 'answered' and feedback is null order by id desc limit 1`,
        )
        if (rows[0]) await this.#as({ role: 'agent', actor: 'ann' }, 'select mark_helpful($1)', [rows[0].id])
      },
      refresh: () => this.#as(this.#server, 'select app_private.refresh_search_statistics(true)'),
      embed: () => this.embed(),
    } satisfies Record<string, () => Promise<unknown>>
    const name = this.#pick(Object.keys(kinds) as (keyof typeof kinds)[])
    await kinds[name]()
    this.edits[name] = (this.edits[name] ?? 0) + 1
  }

  #edited = (content: string) =>
    content.replace(/^1\. .*$/m, `1. ${this.#words(12)}.`).replace(/\n$/, `\n- ${this.#words(4)}\n`)

  async #sop(
    work: (sop: {
      id: number
      category: string
      section: string
      content: string
    }) => [string, unknown[]] | Promise<[string, unknown[]]>,
  ): Promise<void> {
    const { rows } = await this.#pool.query(
      'select id, category, section, content from app_public.sops where archived_at is null order by id',
    )
    await this.#as(this.#reviewer, ...(await work(this.#pick(rows))))
  }

  async #entry(work: (id: number) => [string, unknown[]]): Promise<void> {
    const { rows } = await this.#pool.query(
      `select id from app_public.knowledge_base where trust = 3 and (valid_to is null or valid_to > now()) order by id`,
    )
    // A plain delete needs its reason said.
    const [statement, parameters] = work(this.#pick(rows).id)
    await withClaims(this.#pool, this.#reviewer, async (client) => {
      await client.query(`select set_config('clubos.reason', 'Tidied', true)`)
      await client.query(statement, parameters)
    })
  }
}
