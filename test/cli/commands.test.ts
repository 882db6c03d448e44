import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import { isServer } from '../support/database.ts'
import { club, makePlace, type Place, type Started } from './support.ts'

let place: Place
let started: Started
beforeAll(async () => {
  place = await makePlace()
  started = await place.start()
})
afterAll(() => place?.close())

const json = async (...parameters: string[]) => {
  const { code, stdout, stderr } = await place.clubos(...parameters, '--json')
  return { code, stderr, ...JSON.parse(stdout.trim().split('\n').at(-1)!) }
}
async function withEnvironment<T>(changes: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = { ...place.environment }
  Object.assign(place.environment, changes)
  try {
    return await work()
  } finally {
    for (const name of Object.keys(changes)) {
      if (before[name] === undefined) delete place.environment[name]
      else place.environment[name] = before[name]
    }
  }
}
const contentOf = (folder: string) =>
  Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => /\.(md|jsonl)$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )

describe('usage', () => {
  const commands = [
    'start',
    'ask',
    'import',
    'export',
    'analyze',
    'audit',
    'eval',
    'demo',
    'doctor',
    'create-user',
    'create-token',
    'privacy',
  ]

  it('ends without a word where nobody reads on', async () => {
    const child = spawn(process.execPath, [join(projectFolder, 'cli', 'clubos.ts'), '--help'], {
      env: place.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let said = ''
    child.stderr.on('data', (part) => {
      said += part
    })
    const [code] = await once(child, 'close')
    expect({ code, said }).toEqual({ code: 141, said: '' })
  })

  it('is told of every command', async () => {
    const outcomes = await Promise.all(
      [[], ...commands.map((name) => [name])].map((name) => place.clubos(...name, '--help')),
    )
    for (const { code, stdout, stderr } of outcomes)
      expect([code, stdout.startsWith('Usage: clubos'), stderr]).toEqual([0, true, ''])
    for (const name of commands) expect(outcomes[0]!.stdout).toContain(`\n  ${name} `)
    // audit is a family: its members have it.
    for (const [index, { stdout }] of outcomes.slice(2).entries())
      if (commands[index + 1] !== 'audit') expect(stdout).toContain('--json')
  })

  it('ends with 2 where it is wrong', async () => {
    const wrong = [['nonsense'], ['ask'], ['ask', 'x', '--colour', 'red'], ['create-user', 'a@b.c']]
    for (const { code, stdout, stderr } of await Promise.all(
      wrong.map((parameters) => place.clubos(...parameters)),
    )) {
      expect(code).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^error: .*\n\(clubos --help says more\)/)
    }
  })
})

describe('the commands', () => {
  it('doctor says what to do with an empty database', async () => {
    const { code, stdout } = await place.clubos('doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /✗ content: 0 SOPs, 0 knowledge entries\n {4}There is nothing .*\n {4}→ Import your procedures/,
    )
    expect(await json('doctor')).toMatchObject({ code: 1, ok: false })
  })

  it('import changes nothing in a dry run', async () => {
    const report = await json('import', place.files(club), '--dry-run')
    expect(report).toMatchObject({
      code: 0,
      sops: { created: ['access/door_code', 'booking/cancel', 'booking/rules/late'] },
      knowledge: { created: 1 },
    })
    expect(await json('export', join(place.folder, 'nothing'))).toMatchObject({
      sops: 0,
      knowledge: 0,
      sites: 0,
    })
  })

  it('import brings a folder in, once', async () => {
    const folder = place.files(club)
    const { code, stdout } = await place.clubos('import', folder, '--actor', 'dana', '--reason', 'Moving in')
    expect([code, stdout]).toEqual([
      0,
      '  new      access/door_code\n  new      booking/cancel\n  new      booking/rules/late\n' +
        'Imported: SOPs 3 new, 0 changed, 0 unchanged; knowledge 1 new, 0 changed, 0 unchanged; golden questions 0 new, 0 changed, 0 unchanged; sites 1.\n',
    ])
    expect(await json('import', folder)).toMatchObject({
      code: 0,
      sops: { created: [], changed: [], unchanged: 3 },
      knowledge: { created: 0, changed: 0, unchanged: 1 },
    })
    const changed = place.files({
      ...club,
      'sops/booking/cancel.md': `${club['sops/booking/cancel.md']}2. Press Cancel.\n`,
    })
    expect(await json('import', changed)).toMatchObject({
      sops: { changed: ['booking/cancel'], unchanged: 2 },
    })
    await json('import', folder)
  })

  it('export gives back what import took', async () => {
    const [first, second] = [join(place.folder, 'first'), join(place.folder, 'second')]
    expect(await json('export', first)).toMatchObject({ code: 0, sops: 3, knowledge: 1, sites: 1 })
    const exported = contentOf(first)
    for (const name of [
      'sops/access/door_code.md',
      'sops/booking/cancel.md',
      'sops/booking/rules/late.md',
    ] as const)
      expect(exported[name]).toBe(club[name])
    expect(await json('import', first)).toMatchObject({
      sops: { created: [], changed: [], unchanged: 3 },
      knowledge: { unchanged: 1 },
    })
    await json('export', second)
    expect(contentOf(second)).toEqual(exported)
  })

  it('ask answers, through the process that runs', async () => {
    const { code, stdout } = await place.clubos('ask', 'the', 'door', 'code', 'does', 'nothing')
    expect(code).toBe(0)
    expect(stdout).toContain('2. Press the hash key. [1]')
    expect(stdout).toMatch(/answered, confidence \d+ %, category access/)
    expect(stdout).toContain('[1] access/door_code v1, Steps')
    const answer = await json('ask', 'may I bring my dog?', '--site', 'harbour')
    expect(answer).toMatchObject({ code: 0, outcome: 'answered', text: 'Assistance dogs only. [1]' })
    expect(answer.sources[0]).toMatchObject({ topic: 'dogs', cited: true })
    expect(await json('ask', 'x', '--site', 'moon')).toMatchObject({ code: 1, error: { code: 'CO404' } })
  })

  it('import replays a history with who, when and why', async () => {
    const file = join(
      place.files({
        'versions.jsonl': [
          {
            doc: 'a',
            version: 1,
            path: 'docs/oncall.md',
            author: 'alice',
            date: '2024-01-02T03:04:05Z',
            message: 'Begin',
            content: '# On call\n\nBe there.\n',
          },
          {
            doc: 'a',
            version: 2,
            path: 'docs/oncall.md',
            author: 'bob',
            date: '2024-02-03T04:05:06Z',
            message: 'Kinder',
            content: '# On call\n\nPlease be there.\n',
          },
        ]
          .map((row) => JSON.stringify(row))
          .join('\n'),
      }),
      'versions.jsonl',
    )
    expect(await json('import', file, '--dry-run')).toMatchObject({ code: 0, versions: 2, skipped: 0 })
    expect(await json('import', file)).toMatchObject({ code: 0, documents: 1, versions: 2, skipped: 0 })
    expect(await json('import', file)).toMatchObject({ code: 0, versions: 0, skipped: 2 })
    const then = join(place.folder, 'then')
    expect(await json('export', then, '--at', '2024-01-15T00:00:00Z')).toMatchObject({ sops: 1 })
    expect(contentOf(then)['sops/handbook/oncall.md']).toBe('# On call\n\nBe there.\n')
  })

  it('create-user makes a member of staff, or changes them', async () => {
    expect(await json('create-user', 'Ann@Example.com', '--role', 'agent', '--name', 'Ann')).toMatchObject({
      code: 0,
      email: 'ann@example.com',
      name: 'Ann',
      role: 'agent',
    })
    expect(await json('create-user', 'ann@example.com', '--role', 'reviewer', '--name', 'Ann')).toMatchObject(
      { code: 0, role: 'reviewer' },
    )
    expect(await json('create-user', 'ann@example.com', '--role', 'king')).toMatchObject({
      code: 1,
      error: { message: 'There is no role "king".', hint: 'agent, reviewer, admin or auditor.' },
    })
    expect(await json('create-user', 'ann', '--role', 'agent')).toMatchObject({
      code: 1,
      error: { message: '"ann" is not an e-mail address.' },
    })
  })

  it('create-user gives a link to choose a password, unless none is wanted', async () => {
    const { stdout } = await place.clubos('create-user', 'bea@example.com', '--role', 'agent')
    expect(stdout).toMatch(
      /^bea@example\.com is agent .*\n.*\n {2}http\S+\/choose-password\?token=clo_\S{43}\n$/,
    )
    expect(
      (await json('create-user', 'bea@example.com', '--role', 'agent', '--no-link')).link,
    ).toBeUndefined()
  })

  it('create-token issues a key of at most the owner’s role, and prints it alone', async () => {
    const token = ['create-token', 'report', '--user', 'bea@example.com', '--role']
    const { stdout, stderr } = await place.clubos(...token, 'agent', '--days', '30')
    expect(stdout).toMatch(/^clt_\S{43}\n$/)
    expect(stderr).toContain('not shown again')
    expect(await json(...token, 'admin')).toMatchObject({ code: 1, error: { code: 'CO403' } })
    expect(await json('create-token', 'x', '--user', 'nobody@example.com', '--role', 'agent')).toMatchObject({
      code: 1,
      error: { message: expect.stringContaining('no active member of staff') },
    })
    expect(await json(...token, 'agent', '--days', 'many')).toMatchObject({ code: 1 })
  })

  it('analyze says when there is nothing to do', async () => {
    expect(await place.clubos('analyze')).toMatchObject({
      code: 0,
      stdout: 'No failed answers wait to be analysed.\n',
    })
    expect(await json('analyze')).toMatchObject({ code: 0, failures: 0, proposals: [] })
  })

  it('doctor is content with a club that is in order, and not with one that needs a person', async () => {
    expect(await json('doctor')).toMatchObject({ code: 0, ok: true })
    expect(await json('ask', 'my friend collapsed and does not breathe')).toMatchObject({
      code: 0,
      outcome: 'emergency',
    })
    const { code, stdout } = await place.clubos('doctor')
    expect([code, /✗ urgent tickets: 1 waiting/.test(stdout)]).toEqual([1, true])
  })

  it('eval measures in a scratch database', async () => {
    const folder = place.files({
      ...club,
      'queries.jsonl': [
        { query: 'door code does nothing', sop_id: 'access/door_code' },
        { query: 'how do I cancel a booking', sop_id: ['booking/cancel'] },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    })
    const result = await json('eval', folder)
    expect(result).toMatchObject({ code: 0, before: { n: 2, hit1: 1, hit5: 1 }, after: null })
  })
})

describe('what cannot be imported', () => {
  const cases: [string, () => string, RegExp][] = [
    ['a folder that is not there', () => join(place.folder, 'nowhere'), /nowhere is not a folder\./],
    ['an empty folder', () => place.files({}), /holds nothing to import/],
    ['an empty file', () => place.files({ 'sops/a/b.md': ' \n' }), /b\.md is empty\./],
    [
      'a file that is no text',
      () => place.files({ 'sops/a/b.md': Buffer.from([35, 0, 1, 2]) }),
      /b\.md is not a text file\./,
    ],
    [
      'a line that is no JSON',
      () =>
        place.files({
          ...club,
          'knowledge.jsonl': '{"category":"a","topic":"b","question":"c","answer":"d"}\n{oops\n',
        }),
      /knowledge\.jsonl:2 is not JSON/,
    ],
    [
      'a line that lacks something',
      () => place.files({ 'knowledge.jsonl': '\n{"category":"a"}\n' }),
      /knowledge\.jsonl:2: topic: /,
    ],
    [
      'an entry of an unknown site',
      () =>
        place.files({
          'knowledge.jsonl': '{"category":"a","topic":"b","question":"c","answer":"d","site":"moon"}',
        }),
      /There is no site "moon"/,
    ],
    ['a history that is not there', () => join(place.folder, 'nowhere.jsonl'), /nowhere\.jsonl/],
    [
      'an SOP over a megabyte',
      () => place.files({ 'sops/a/b.md': `# Long\n${'long '.repeat(250_000)}` }),
      /b\.md has more than 1 MiB/,
    ],
  ]

  it('ends with 1 and says where the trouble is', async () => {
    const outcomes = await Promise.all(cases.map(([, make]) => place.clubos('import', make())))
    for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
      const [what, , message] = cases[index]!
      expect([what, code, stdout]).toEqual([what, 1, ''])
      expect(stderr).toMatch(/^(.*\n)?Error: /)
      expect(stderr).toMatch(message)
      expect(stderr).not.toMatch(/^ {4}at /m)
    }
  })

  it('leaves nothing of the rest behind', async () => {
    const { sops, knowledge } = await json('export', join(place.folder, 'rest'))
    expect({ sops, knowledge }).toEqual({ sops: 4, knowledge: 1 })
  })
})

describe('start', () => {
  it('serves', async () => {
    expect(await (await fetch(`${started.url}/readyz`)).json()).toEqual({ status: 'ready' })
    const response = await fetch(`${started.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'mutation { ask(input: { query: "the door code does nothing" }) { response { outcome sources { topic } } } }',
      }),
    })
    const { data } = (await response.json()) as {
      data: { ask: { response: { outcome: string; sources: { topic: string }[] } } }
    }
    expect(data.ask.response).toMatchObject({ outcome: 'answered' })
    expect(data.ask.response.sources[0]).toEqual({ topic: 'door_code' })
  })

  const onEmbedded = isServer ? it.skip : it
  onEmbedded('refuses a folder that another process has open, and names that', async () => {
    const { code, stderr } = await place.clubos('start')
    expect(code).toBe(1)
    expect(stderr).toContain(`is in use by process ${started.process.pid}.`)
  })

  it('stops on SIGTERM, quietly and soon, and finds everything again', async () => {
    const { code, signal, ms } = await started.stop()
    expect([code, signal]).toEqual([0, null])
    expect(ms).toBeLessThan(10_000)
    expect(started.output()).toMatch(/Stopping …\n$/)
    expect(existsSync(join(place.environment.CLUBOS_DATA_DIR!, 'clubos.lock'))).toBe(false)

    // Without a process that runs, a command opens the database itself.
    expect(await json('ask', 'the door code does nothing')).toMatchObject({ code: 0, outcome: 'answered' })
  })

  it('says in one line what is wrong with its settings', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as { port: number }
    try {
      for (const [settings, message] of [
        [{ PORT: 'http' }, /^Error: PORT: .*\(it is "http"\)\n$/],
        [{ HOST: '0.0.0.0' }, /^Error: HOST is 0\.0\.0\.0, .* set CLUBOS_URL .*\n$/],
        [{ PORT: String(port) }, new RegExp(`^Error: Port ${port} is in use\\. .*\\n$`)],
      ] as const) {
        const { code, stderr } = await withEnvironment(settings, () => place.clubos('start'))
        expect([code, stderr]).toEqual([1, expect.stringMatching(message)])
      }
    } finally {
      await new Promise((resolve) => blocker.close(resolve))
    }
  })

  it('starts again where it stopped', async () => {
    started = await place.start()
    const response = await fetch(`${started.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-clubos-role': 'agent' },
      body: JSON.stringify({ query: '{ sops { totalCount } }' }),
    })
    expect(await response.json()).toEqual({ data: { sops: { totalCount: 4 } } })
    expect((await started.stop('SIGINT')).code).toBe(0)
  })
})
