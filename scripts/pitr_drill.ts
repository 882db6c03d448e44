// Point-in-time recovery, tried for real: `node scripts/pitr_drill.ts`. On a cluster of its own, which is gone afterwards.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type Claims, withClaims } from '../core/database/index.ts'
import { migrateDatabase } from '../core/database/migrate.ts'

process.env.GRAPHILE_ENV ??= 'production'

const help = `Usage: node scripts/pitr_drill.ts [options]

Makes a PostgreSQL cluster that archives its WAL, takes a base backup, changes SOPs, approves something bad, goes on,
loses the server, and recovers to one second before the bad approval. Checks what is there then, and says how long
each step took. Needs PostgreSQL with pgvector (npm run postgres -- up installs them) and, as root, the user postgres.

  --json   print one JSON object
  --keep   leave the folder with the cluster, the base backup and the archive
  --help

Exit codes: 0 recovered and checked, 1 failed, 2 wrong usage.
`

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${help}`)
    process.exit(2)
  }
})()
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}

const sudo = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
const password = randomBytes(16).toString('hex')
const steps: { step: string; ms: number }[] = []

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const result = await work()
  const ms = Math.round(performance.now() - begun)
  steps.push({ step: name, ms })
  process.stderr.write(`${name}: ${(ms / 1000).toFixed(1)} s\n`)
  return result
}

function run(command: string[]): Promise<string> {
  const [name, ...rest] = [...sudo, ...command]
  return new Promise((resolve, reject) => {
    // Files, not pipes: a server that is started here keeps them open.
    const log = join(folder, `${randomBytes(4).toString('hex')}.out`)
    const out = fs.openSync(log, 'w')
    const child = spawn(name!, rest, {
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C.UTF-8', PGPASSWORD: password },
      stdio: ['ignore', out, out],
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      fs.closeSync(out)
      const text = fs.readFileSync(log, 'utf8')
      fs.rmSync(log)
      if (code === 0) resolve(text)
      else reject(new Error(`${command.join(' ')} ended with ${code}:\n${text}`))
    })
  })
}

/** The newest PostgreSQL that has pgvector. */
function findBin(): string {
  const root = '/usr/lib/postgresql'
  const found = (fs.existsSync(root) ? fs.readdirSync(root) : [])
    .filter((major) => fs.existsSync(`/usr/share/postgresql/${major}/extension/vector.control`))
    .sort((a, b) => Number(b) - Number(a))[0]
  const onPath = (process.env.PATH ?? '').split(':').find((path) => fs.existsSync(join(path, 'initdb')))
  if (!found && !onPath)
    throw new Error('There is no PostgreSQL with pgvector here. Install it: npm run postgres -- up')
  return found ? join(root, found, 'bin') : onPath!
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const folder = fs.mkdtempSync(join(tmpdir(), 'clubos-pitr-'))
fs.chmodSync(folder, 0o755)
const own = fs.mkdtempSync(join(folder, 'own-'))
const data = join(own, 'data')
const archive = join(own, 'archive')
const base = join(own, 'base')
const recovered = join(own, 'recovered')

const adam: Claims = { role: 'admin', actor: 'adam' }
const sop = 'Doors open with the code and #.'

async function query<T extends pg.QueryResultRow>(
  url: string,
  statement: string,
  parameters: unknown[] = [],
  claims: Claims = adam,
): Promise<T[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    return await withClaims(pool, claims, async (client) => {
      await client.query(`select set_config('clubos.reason', 'Drill', true)`)
      return (await client.query<T>(statement, parameters)).rows
    })
  } finally {
    await pool.end()
  }
}

const state = async (url: string) =>
  (
    await query<{ content: string; version: number; status: string; head: string; later: boolean }>(
      url,
      `select s.content, s.version, q.status, exists (select from sops where section = 'later') as later,
              (select max(chain_position) || ':' || encode((array_agg(hash order by chain_position desc))[1], 'hex') from audit_log) as head
         from sops s, improvement_queue q where s.section = 'codes'`,
    )
  )[0]!

async function drill(): Promise<object> {
  const bin = findBin()
  if (sudo.length > 0) await new Promise((done) => spawn('chown', ['-R', 'postgres', own]).once('exit', done))
  const [port, second] = [await freePort(), await freePort()]
  const urlAt = (at: number, database: string) =>
    `postgres://postgres:${password}@127.0.0.1:${at}/${database}`
  const url = urlAt(port, 'clubos')
  const ctl = (cluster: string, ...rest: string[]) =>
    run([join(bin, 'pg_ctl'), '-D', cluster, '-w', '-t', '120', '-l', join(own, 'server.log'), ...rest])

  await step('cluster that archives its WAL', async () => {
    const secret = join(own, 'password')
    fs.writeFileSync(secret, password)
    fs.chmodSync(secret, 0o644)
    await run([
      join(bin, 'initdb'),
      ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', secret, '-E', 'UTF8'],
    ])
    fs.rmSync(secret)
    await run(['mkdir', archive])
    fs.appendFileSync(
      join(data, 'postgresql.conf'),
      `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
archive_mode = on
archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f'
`,
    )
    await ctl(data, '-o', `-p ${port}`, 'start')
  })
  await step('ClubOS on it', async () => {
    const client = new pg.Client({ connectionString: urlAt(port, 'postgres') })
    await client.connect()
    await client.query('create database clubos')
    await client.end()
    await migrateDatabase(url)
    await query(url, `select save_sop('doors', 'codes', $1)`, [`# Codes\n\n${sop}\n`])
  })
  await step('base backup (pg_basebackup)', () =>
    run([
      join(bin, 'pg_basebackup'),
      ...['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-D', base, '-X', 'stream', '-c', 'fast'],
    ]),
  )
  const approved = await step('good changes, then the bad approval, then more changes', async () => {
    await query(url, `update sops set content = content || E'\nAsk for a new code after ten tries.\n'`)
    await query(
      url,
      `select propose_improvement('sop_edit', jsonb_build_object('sop_id', s.id, 'new_content', 'Break the door down.')) from sops s`,
    )
    // Whoever looks for the moment finds it in the audit log.
    await sleep(2500)
    const before = await state(url)
    await query(url, 'select approve_improvement(id) from improvement_queue')
    const [row] = await query<{ at: string }>(
      url,
      `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from audit_log where table_name = 'improvement_queue' and operation = 'update' order by id desc limit 1`,
    )
    await query(url, `select save_sop('doors', 'later', 'Written after it')`)
    return { at: row!.at, before }
  })
  const bad = await state(url)
  if (bad.status !== 'approved' || !bad.content.includes('Break'))
    throw new Error('The drill approved nothing.')
  await step('the last WAL into the archive, then the server is lost', async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file')
    while (
      !(await client.query('select last_archived_wal >= $1 as done from pg_stat_archiver', [rows[0]!.file]))
        .rows[0].done
    )
      await sleep(100)
    await client.end()
    await ctl(data, '-m', 'immediate', 'stop')
  })

  const target = new Date(Date.parse(approved.at) - 1000).toISOString().replace('T', ' ').replace('Z', '+00')
  await step(`recovery to ${target}`, async () => {
    await run(['cp', '-a', base, recovered])
    fs.appendFileSync(
      join(recovered, 'postgresql.auto.conf'),
      `
restore_command = 'cp ${archive}/%f %p'
recovery_target_time = '${target}'
recovery_target_action = 'promote'
archive_mode = off
`,
    )
    fs.writeFileSync(join(recovered, 'recovery.signal'), '')
    await ctl(recovered, '-o', `-p ${second}`, 'start')
    const client = new pg.Client({ connectionString: urlAt(second, 'postgres') })
    await client.connect()
    try {
      while ((await client.query('select pg_is_in_recovery() as still')).rows[0].still) await sleep(50)
    } finally {
      await client.end()
    }
  })
  const result = await step('check', async () => {
    const now = await state(urlAt(second, 'clubos'))
    const chain = await query(urlAt(second, 'clubos'), 'select * from verify_audit_log($1)', [
      approved.before.head,
    ])
    const checks = {
      'the good change is there': now.content.includes('after ten tries') && now.version === 2,
      'the bad approval is not': !now.content.includes('Break') && now.status === 'pending',
      'nor what came after it': !now.later,
      'the audit chain is whole, up to the head of before':
        chain.length === 0 && now.head === approved.before.head,
      // It lives: it can be written to, and its chain goes on.
      'it takes changes': await query(
        urlAt(second, 'clubos'),
        `select save_sop('doors', 'after', 'Text')`,
      ).then(() => true),
    }
    for (const [name, holds] of Object.entries(checks)) {
      process.stderr.write(`  ${holds ? 'yes' : 'NO '}  ${name}\n`)
      if (!holds) throw new Error(`After the recovery it does not hold that ${name}.`)
    }
    return checks
  })
  const recovery = steps.find(({ step }) => step.startsWith('recovery'))!.ms
  await ctl(recovered, '-m', 'fast', 'stop')
  return { bad_approval: approved.at, recovered_to: target, recovery_ms: recovery, steps, checks: result }
}

try {
  const result = await drill()
  if (values.json) console.log(JSON.stringify(result))
  else {
    const { recovered_to, recovery_ms } = result as { recovered_to: string; recovery_ms: number }
    console.log(
      `Recovered to ${recovered_to}, a second before the bad approval, in ${(recovery_ms / 1000).toFixed(1)} s.`,
    )
  }
} catch (error) {
  console.error((error as Error).message)
  const log = join(own, 'server.log')
  if (fs.existsSync(log)) console.error(fs.readFileSync(log, 'utf8').split('\n').slice(-20).join('\n'))
  process.exitCode = 1
} finally {
  for (const cluster of [data, recovered])
    if (fs.existsSync(join(cluster, 'postmaster.pid')))
      await run([join(findBin(), 'pg_ctl'), '-D', cluster, '-m', 'immediate', 'stop']).catch(() => {})
  if (values.keep) process.stderr.write(`The files are in ${own}\n`)
  else fs.rmSync(folder, { recursive: true, force: true })
}
