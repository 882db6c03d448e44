// A scratch native PostgreSQL with pgvector for developers and CI: `npm run postgres -- up`.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { nextRelease, nextSuiteSources, words } from './apt_sources.ts'

const help = `Usage: npm run postgres -- <command> [options]

A scratch PostgreSQL (15 to 18) with pgvector, on 127.0.0.1, with its data in .postgres/ of the project.

  up       start it; installs PostgreSQL and pgvector where they are missing (Debian, Ubuntu: root or sudo -n)
  url      print its URL (exit 1 when it is not up):  psql "$(npx node scripts/postgres.ts url)"
  status   say what runs, and where its files are (exit 1 when it is not up)
  down     stop it

  --fast             up: no fsync; faster, and a power cut may cost the data
  --wipe             down: also remove the data
  --allow-unsigned   up: build pgvector even from a source that apt cannot verify
  --json             print one JSON object (it holds the password)
  --help

CLUBOS_POSTGRES_DIR   another folder than .postgres/ (one cluster per folder)
Exit codes: 0 done, 1 failed or not up, 2 wrong usage. Progress goes to stderr.
`

/** An end that a person can act on: printed without a stack. */
class Stop extends Error {}

const oldestPostgres = 15
const newestPostgres = 18
/** halfvec and sparsevec came with 0.7. */
const oldestPgvector = '0.7'
const contrib = ['pg_trgm', 'unaccent', 'btree_gin', 'pgcrypto']

const home = resolve(process.env.CLUBOS_POSTGRES_DIR || join(import.meta.dirname, '..', '.postgres'))
const files = {
  url: join(home, 'url'),
  port: join(home, 'port'),
  where: join(home, 'data_dir'),
  lock: join(home, 'lock'),
}
const isRoot = process.getuid?.() === 0

const say = (line: string) => process.stderr.write(`${line}\n`)
const readIfThere = (path: string) => (fs.existsSync(path) ? fs.readFileSync(path, 'utf8').trim() : undefined)
const compareVersions = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

type Outcome = { code: number; stdout: string; output: string }
type RunOptions = { cwd?: string; input?: string; label?: string }

/** Runs a command; with a label, says that it started, and every ten seconds that it still runs. */
const run = (command: string[], { cwd = '/', input, label }: RunOptions = {}): Promise<Outcome> =>
  new Promise((done) => {
    const started = Date.now()
    const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`
    if (label) say(`${label} …`)
    const ticking = label ? setInterval(() => say(`  still at it (${seconds()})`), 10_000) : undefined
    let stdout = ''
    let output = ''
    const end = (code: number) => {
      clearInterval(ticking)
      if (label && code === 0) say(`  done in ${seconds()}`)
      done({ code, stdout: stdout.trim(), output: output.trim() })
    }
    const child = spawn(command[0]!, command.slice(1), { cwd, env: { ...process.env, LC_ALL: 'C.UTF-8' } })
    child.stdout.on('data', (text) => {
      stdout += text
      output += text
    })
    child.stderr.on('data', (text) => {
      output += text
    })
    child.on('error', (error) => {
      output += error.message
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })

const must = async (command: string[], options?: RunOptions): Promise<string> => {
  const { code, stdout, output } = await run(command, options)
  if (code === 0) return stdout
  throw new Stop(`${command.join(' ')}\nended with ${code}:\n${output.split('\n').slice(-30).join('\n')}`)
}

// ---- What is installed, and installing it

type Installed = {
  major: number
  bin: string
  share: string
  pgvector: string | undefined
  missing: string[]
}

const extensionVersion = (share: string, name: string) => {
  const control = readIfThere(join(share, 'extension', `${name}.control`))
  return control && (/default_version\s*=\s*'([^']+)'/.exec(control)?.[1] ?? '0')
}

const inspectBin = async (bin: string): Promise<Installed[]> => {
  if (!['postgres', 'initdb', 'pg_ctl'].every((name) => fs.existsSync(join(bin, name)))) return []
  const major = Number(/\d+/.exec((await run([join(bin, 'postgres'), '--version'])).stdout)?.[0])
  if (!(major >= oldestPostgres && major <= newestPostgres)) return []
  const share = (await run([join(bin, 'pg_config'), '--sharedir'])).stdout
  const pgvector = extensionVersion(share, 'vector')
  const missing = contrib.filter((name) => !extensionVersion(share, name))
  return [{ major, bin, share, pgvector, missing }]
}

const isComplete = ({ pgvector, missing }: Installed) =>
  pgvector !== undefined && compareVersions(pgvector, oldestPgvector) >= 0 && missing.length === 0

/** The newest PostgreSQL, or the one of that major version: a data folder opens with no other. */
const findPostgres = async (major?: number): Promise<Installed | undefined> => {
  const debian = '/usr/lib/postgresql'
  const bins = fs.existsSync(debian) ? fs.readdirSync(debian).map((name) => join(debian, name, 'bin')) : []
  const onPath = (await run(['pg_config', '--bindir'])).stdout
  const found = (await Promise.all([...new Set([...bins, onPath].filter(Boolean))].map(inspectBin))).flat()
  found.sort((a, b) => b.major - a.major)
  if (major) return found.find((one) => one.major === major)
  // Someone who cannot install takes the newest that has everything.
  if (found[0] && !isComplete(found[0]) && !(await asRoot())) return found.find(isComplete) ?? found[0]
  return found[0]
}

/** The words to put before a command that needs root, or undefined. */
const asRoot = async (): Promise<string[] | undefined> =>
  isRoot ? [] : (await run(['sudo', '-n', 'true'])).code === 0 ? ['sudo', '-n'] : undefined

const osRelease = (): Record<string, string> =>
  Object.fromEntries(
    [...(readIfThere('/etc/os-release') ?? '').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  )

/** Ends with what to do by hand where we cannot install: not Debian or Ubuntu, or no rights. */
const rightToInstall = async (what: string): Promise<string[]> => {
  const { ID = process.platform, ID_LIKE = '' } = osRelease()
  const root = await asRoot()
  if (!/\b(debian|ubuntu)\b/.test(`${ID} ${ID_LIKE}`)) {
    const hint =
      process.platform === 'darwin'
        ? 'brew install postgresql@17 pgvector, and put its bin folder (pg_config) on the PATH'
        : process.platform === 'win32'
          ? 'use WSL with Debian or Ubuntu'
          : 'install the packages of PostgreSQL 15 to 18: server, contrib, pg_config, and pgvector 0.7 or newer'
    throw new Stop(
      `${what}. I install on Debian and Ubuntu only; here (${ID}): ${hint}. Then run \`up\` again.`,
    )
  }
  if (root) return root
  throw new Stop(`${what}, and installing needs root (or sudo without a password): run \`up\` once as root.`)
}

const apt = (root: string[]) => [
  ...root,
  'env',
  'DEBIAN_FRONTEND=noninteractive',
  'apt-get',
  '-o',
  'DPkg::Lock::Timeout=300',
]
let aptUpdated = false
const aptUpdate = async (root: string[]) => {
  if (aptUpdated) return
  await must([...apt(root), 'update'], { label: 'apt-get update' })
  aptUpdated = true
}
const aptCandidate = async (name: string) => {
  const { stdout } = await run(['apt-cache', 'policy', name])
  const candidate = /Candidate: (\S+)/.exec(stdout)?.[1]
  return candidate === '(none)' ? undefined : candidate
}
const aptInstall = async (root: string[], packages: string[]) => {
  const install = [...apt(root), 'install', '-y', '--no-install-recommends', ...packages]
  const label = `apt-get install ${packages.join(' ')}`
  const candidates = await Promise.all(packages.map(aptCandidate))
  const first = candidates.every(Boolean) ? await run(install, { label }) : undefined
  if (first?.code === 0) return sayWhatAptDid(first.output)
  await aptUpdate(root) // no list yet, or one that names files the mirror has replaced
  sayWhatAptDid(await must(install, { label }))
}
/** Dependencies too: a development package may bring its server's newest minor release. */
const sayWhatAptDid = (output: string) => {
  const after = (heading: string) => words(new RegExp(`^${heading}:\\n((?: .*\\n)+)`, 'm').exec(output)?.[1])
  const added = after('The following NEW packages will be installed')
  const upgraded = after('The following packages will be upgraded')
  if (added.length > 0) say(`  installed: ${added.join(' ')}`)
  if (upgraded.length > 0) say(`  upgraded: ${upgraded.join(' ')}`)
}

const installPostgres = async (): Promise<Installed> => {
  const root = await rightToInstall(`No PostgreSQL ${oldestPostgres} to ${newestPostgres} found`)
  say(
    'PostgreSQL is missing: installing the package `postgresql` (the package may start a cluster of its own on 5432)',
  )
  await aptInstall(root, ['postgresql'])
  const found = await findPostgres()
  if (found) return found
  throw new Stop(
    `This release's PostgreSQL is not one of ${oldestPostgres} to ${newestPostgres}: use a newer release.`,
  )
}

/** pgvector of the next release, built for this one's PostgreSQL. The machine's own apt setup is left as it is. */
const buildPgvector = async (root: string[], major: number, allowUnsigned: boolean) => {
  const os = osRelease()
  const codename = os.UBUNTU_CODENAME || os.VERSION_CODENAME || ''
  const next = nextRelease[codename]
  if (!next)
    throw new Stop(`No package of pgvector ≥ ${oldestPgvector} for PostgreSQL ${major} here (${codename}).`)
  say(`No package of pgvector ≥ ${oldestPgvector} in ${codename}: building the source package of ${next}`)

  const list = (folder: string, wanted: RegExp) =>
    fs.existsSync(folder)
      ? fs
          .readdirSync(folder)
          .filter((name) => wanted.test(name))
          .map((name) => join(folder, name))
      : []
  const sources = ['/etc/apt/sources.list', ...list('/etc/apt/sources.list.d', /\.(sources|list)$/)]
    .filter((name) => fs.existsSync(name))
    .map((name) => ({ name, text: fs.readFileSync(name, 'utf8') }))
  const keyrings = list('/usr/share/keyrings', /^(debian|ubuntu)-archive-(?!removed).*\.(gpg|pgp)$/)
  const text = nextSuiteSources(sources, codename, next, keyrings)
  if (!text) throw new Stop(`No apt source for ${codename} in /etc/apt, so none to derive ${next} from.`)

  const scratch = fs.mkdtempSync(join(tmpdir(), 'clubos-pgvector-'))
  const folder = (name: string) => {
    fs.mkdirSync(join(scratch, name), { recursive: true })
    return join(scratch, name)
  }
  try {
    fs.chmodSync(scratch, 0o755)
    fs.writeFileSync(join(folder('sources'), 'next.sources'), text)
    const own = [
      ...['-o', 'Dir::Etc::sourcelist=/dev/null', '-o', `Dir::Etc::sourceparts=${folder('sources')}`],
      ...['-o', `Dir::State::lists=${folder('lists')}`, '-o', `Dir::Cache=${folder('cache')}`],
    ]
    folder('lists/partial')
    folder('cache/archives/partial')
    const download = folder('download')
    await run([...root, 'chown', '_apt', download]) // apt downloads as this user; where it is missing, as root

    const label = `apt-get update, ${next} sources only`
    const update = await run([...apt(root), ...own, '-o', 'APT::Update::Error-Mode=any', 'update'], { label })
    const unsigned: string[] = []
    if (update.code !== 0) {
      if (!allowUnsigned) {
        throw new Stop(
          `apt cannot fetch or verify ${next}:\n${update.output}\nIf a key is missing: apt-get install --only-upgrade ` +
            'debian-archive-keyring (or ubuntu-keyring). To build from an unverified source: up --allow-unsigned',
        )
      }
      say(`WARNING: apt could not verify ${next}; going on WITHOUT VERIFICATION because of --allow-unsigned`)
      unsigned.push(
        '-o',
        'Acquire::AllowInsecureRepositories=true',
        '-o',
        'APT::Get::AllowUnauthenticated=true',
      )
      await must([...apt(root), ...own, ...unsigned, 'update'], { label: `${label}, unverified` })
    }
    // apt checks what it downloads against the signed list. We unpack the original ourselves, which saves dpkg-dev.
    await must([...apt(root), ...own, ...unsigned, 'source', '--download-only', 'pgvector'], {
      cwd: download,
      label: `downloading pgvector's source from ${next}`,
    })
    const archive = list(download, /\.orig\.tar\./)[0]
    if (!archive) throw new Stop(`${next} has no original archive of pgvector in ${download}`)
    await aptInstall(root, [`postgresql-server-dev-${major}`, 'make', 'gcc', 'libc6-dev'])
    const build = folder('build')
    await must(['tar', '-xf', archive, '-C', build, '--strip-components=1'])
    const pgConfig = `PG_CONFIG=/usr/lib/postgresql/${major}/bin/pg_config`
    // No -march=native (a cached image may run on another processor), no bitcode (only JIT inlining reads it).
    const make = ['make', '-C', build, pgConfig, 'OPTFLAGS=', 'with_llvm=no']
    await must([...make, '-j2'], { label: 'make' })
    await must([...root, ...make, 'install'], { label: 'make install' })
  } finally {
    await run([...root, 'rm', '-rf', scratch])
  }
}

const ensureExtensions = async (postgres: Installed, allowUnsigned: boolean): Promise<Installed> => {
  if (isComplete(postgres)) return postgres
  const { major, missing, pgvector } = postgres
  const debian = `/usr/lib/postgresql/${major}/bin`
  const name = `postgresql-${major}-pgvector`
  const what = `PostgreSQL ${major} lacks ${[...missing, ...(pgvector ? [`pgvector ≥ ${oldestPgvector} (has ${pgvector})`] : ['pgvector'])].join(', ')}`
  const root = await rightToInstall(what)
  if (postgres.bin !== debian) {
    throw new Stop(
      `${what}. It is not the distribution's package (${postgres.bin}): install it there by hand.`,
    )
  }
  say(what)
  if (missing.length > 0) await aptInstall(root, [`postgresql-${major}`, `postgresql-contrib-${major}`])
  const recent = async () => compareVersions((await aptCandidate(name)) ?? '0', oldestPgvector) >= 0
  if (!(await recent())) await aptUpdate(root)
  if (await recent()) await aptInstall(root, [name])
  else await buildPgvector(root, major, allowUnsigned)
  const [now] = await inspectBin(postgres.bin)
  if (now && isComplete(now)) return now
  throw new Stop(`${what}, still, after installing: look into ${postgres.share}/extension`)
}

// ---- The cluster

type Cluster = { root: string; data: string; log: string; sudo: string[] }

/** Where the cluster lives and who runs it. PostgreSQL refuses root, so root runs it as `postgres`. */
const findCluster = async (): Promise<Cluster> => {
  const noted = readIfThere(files.where)
  const root = noted && fs.existsSync(noted) ? noted : join(home, 'cluster')
  const owner = fs.existsSync(root) ? fs.lstatSync(root).uid : 0
  const user = owner === 0 ? 'postgres' : await must(['id', '-nu', String(owner)])
  const sudo = isRoot ? ['runuser', '-u', user, '--'] : []
  return { root, data: join(root, 'data'), log: join(root, 'server.log'), sudo }
}

/** Makes the cluster's folder: in .postgres/, or in the temporary folder where `postgres` cannot reach that (/root/…). */
const placeCluster = async ({ root, sudo }: Cluster): Promise<Cluster> => {
  if (isRoot && (await run(['id', 'postgres'])).code !== 0) {
    throw new Stop(
      'PostgreSQL does not run as root, and there is no user `postgres`: run `up` as an ordinary user.',
    )
  }
  if (fs.existsSync(root)) return await findCluster()
  if (!isRoot || (await run([...sudo, 'test', '-x', home])).code === 0) {
    fs.mkdirSync(root, { mode: 0o700 })
    if (isRoot) await must(['chown', 'postgres:', root])
  } else {
    const hash = createHash('sha256').update(home).digest('hex').slice(0, 16)
    const elsewhere = fs.mkdtempSync(join(tmpdir(), `clubos-postgres-${hash}-`))
    await must(['chown', 'postgres:', elsewhere])
    fs.writeFileSync(files.where, `${elsewhere}\n`)
    say(`The user \`postgres\` cannot reach ${home}: the data goes to ${elsewhere}`)
  }
  return await findCluster()
}

const clusterMajor = async ({ sudo, data }: Cluster) =>
  Number((await run([...sudo, 'cat', join(data, 'PG_VERSION')])).stdout) || undefined

const writeAsServer = ({ sudo }: Cluster, path: string, input: string) =>
  must([...sudo, 'sh', '-c', 'umask 077; cat > "$1"', 'sh', path], { input })

const writePrivately = (path: string, text: string) => {
  fs.writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600 })
  fs.renameSync(`${path}.new`, path)
}

const createCluster = async (cluster: Cluster, postgres: Installed, password: string) => {
  const { root, data, sudo } = cluster
  // Made beside and moved into place, so that an interrupted initdb leaves nothing that looks like a cluster.
  const making = join(root, 'data.new')
  const passwordFile = join(root, 'password')
  await must([...sudo, 'rm', '-rf', making])
  await writeAsServer(cluster, passwordFile, password)
  const locale =
    process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=en_US.UTF-8'] : ['--locale=C.UTF-8']
  const initdb = [join(postgres.bin, 'initdb'), '-D', making, '-U', 'clubos', '--encoding=UTF8', ...locale]
  await must([...sudo, ...initdb, '--auth=scram-sha-256', `--pwfile=${passwordFile}`], {
    label: `creating a cluster of PostgreSQL ${postgres.major} in ${root}`,
  })
  await must([...sudo, 'rm', passwordFile])
  await must([...sudo, 'sh', '-c', `echo "include 'clubos.conf'" >> "$1"/postgresql.conf`, 'sh', making])
  await must([...sudo, 'mv', making, data])
}

/** Docker gives /dev/shm 64 MB, where a parallel HNSW build puts its whole graph (maintenance_work_mem). */
const hasLittleSharedMemory = () => {
  if (!fs.existsSync('/dev/shm')) return false
  const { blocks, bsize } = fs.statfsSync('/dev/shm')
  return blocks * bsize < 2 ** 30
}

const settings = (port: number, fast: boolean) => `# written by scripts/postgres.ts at each start
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 512MB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
fsync = ${fast ? 'off' : 'on'}
synchronous_commit = ${fast ? 'off' : 'on'}
full_page_writes = ${fast ? 'off' : 'on'}
${hasLittleSharedMemory() ? 'dynamic_shared_memory_type = mmap\n' : ''}`

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })

/** The kept port while it is free; otherwise one below the range that outgoing connections take theirs from. */
const choosePort = async () => {
  const kept = Number(readIfThere(files.port))
  if (kept && (await isFree(kept))) return kept
  for (let port = 15432; port < 15632; port++) {
    if (!(await isFree(port))) continue
    if (kept) say(`Port ${kept} is taken by another program: using ${port}`)
    return port
  }
  throw new Stop('No free port from 15432 to 15631.')
}

const urlOf = (password: string, port: number) => `postgresql://clubos:${password}@127.0.0.1:${port}/clubos`

type Answer = { version: string; pgvector: string | null; fsync: string }

/** Asks the server; the error when it does not answer. */
const ask = async (url: string): Promise<Answer | Error> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(`
      select current_setting('server_version') as version,
        (select default_version from pg_available_extensions where name = 'vector') as pgvector,
        current_setting('fsync') as fsync`)
    return rows[0]
  } catch (error) {
    return error as Error
  } finally {
    await client.end().catch(() => {})
  }
}

const createDatabase = async (url: string) => {
  const client = new pg.Client({ connectionString: url.replace(/clubos$/, 'postgres') })
  await client.connect()
  try {
    const { rowCount } = await client.query(`select 1 from pg_database where datname = 'clubos'`)
    if (!rowCount) await client.query('create database clubos')
  } finally {
    await client.end()
  }
}

const pgCtl = ({ sudo, data }: Cluster, { bin }: Installed, ...args: string[]) => [
  ...sudo,
  join(bin, 'pg_ctl'),
  '-D',
  data,
  ...args,
]

/** Whether it runs and answers. A killed server's process can look alive until the system has reaped it. */
const isRunning = async (
  cluster: Cluster,
  postgres: Installed,
  url: string | undefined,
): Promise<boolean> => {
  for (let tries = 1; ; tries++) {
    if ((await run(pgCtl(cluster, postgres, 'status'))).code !== 0) return false
    const answer = await ask(url ?? '')
    // 3D000: an interrupted `up` has not created the database yet
    if (!(answer instanceof Error) || (answer as pg.DatabaseError).code === '3D000') return true
    if (tries === 100) {
      throw new Stop(`PostgreSQL runs but does not answer (${answer.message}). See ${cluster.log}, or: down`)
    }
    await sleep(100)
  }
}

/** One `up` or `down` at a time per folder. The lock is SQLite's, so the system drops it with the process. */
const lock = (): DatabaseSync => {
  if (!fs.existsSync(home)) {
    fs.mkdirSync(home, { recursive: true })
    fs.chmodSync(home, 0o755) // the server's user passes through; what is secret in here is private by itself
  }
  const take = (timeout: number) => {
    const database = new DatabaseSync(files.lock, { timeout })
    try {
      database.exec('begin exclusive')
    } catch (error) {
      database.close()
      throw error
    }
    if (fs.existsSync(files.lock)) return database
    database.close() // a `down --wipe` removed it while we waited
    return lock()
  }
  try {
    return take(0)
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== 5) throw error
    say('Waiting for another `up` or `down` of this folder …')
    return take(15 * 60_000)
  }
}

// ---- Commands

type Report = {
  up: boolean
  url?: string
  port?: number
  postgres?: string
  pgvector?: string | null
  fast?: boolean
  data: string
  log: string
  why?: string
}

const report = async (): Promise<Report> => {
  const { data, log } = await findCluster()
  const url = readIfThere(files.url)
  if (!url) return { up: false, data, log, why: 'no cluster here yet' }
  const answer = await ask(url)
  if (answer instanceof Error) return { up: false, data, log, why: answer.message || 'no answer' }
  const { version, pgvector, fsync } = answer
  return {
    up: true,
    url,
    port: Number(new URL(url).port),
    postgres: version,
    pgvector,
    fast: fsync === 'off',
    data,
    log,
  }
}

const up = async (fast: boolean, allowUnsigned: boolean): Promise<Report> => {
  using _lock = lock()
  const major = await clusterMajor(await findCluster())
  const found = await findPostgres(major)
  if (major && !found) {
    throw new Stop(`The data is of PostgreSQL ${major}, which is not installed. Install it, or: down --wipe`)
  }
  const postgres = await ensureExtensions(found ?? (await installPostgres()), allowUnsigned)
  const cluster = await placeCluster(await findCluster())

  let url = readIfThere(files.url)
  if (major && !url) throw new Stop(`${files.url} is gone and the password with it. Start anew: down --wipe`)
  const password = url ? new URL(url).password : randomBytes(24).toString('base64url')
  if (await isRunning(cluster, postgres, url)) {
    if (fast) {
      await writeAsServer(
        cluster,
        join(cluster.data, 'clubos.conf'),
        settings(Number(new URL(url!).port), true),
      )
      await must(pgCtl(cluster, postgres, 'reload'))
      for (let tries = 0; tries < 50 && !(await report()).fast; tries++) await sleep(20)
    }
  } else {
    for (let attempt = 1; ; attempt++) {
      const port = await choosePort()
      url = urlOf(password, port)
      fs.writeFileSync(files.port, `${port}\n`)
      writePrivately(files.url, url) // before initdb: the password must not get lost
      if (!(await clusterMajor(cluster))) await createCluster(cluster, postgres, password)
      await writeAsServer(cluster, join(cluster.data, 'clubos.conf'), settings(port, fast))
      const start = pgCtl(cluster, postgres, 'start', '-w', '-t', '300', '-l', cluster.log)
      const { code, output } = await run(start, {
        label: `starting PostgreSQL ${postgres.major} on 127.0.0.1:${port}`,
      })
      if (code === 0) break
      if (attempt < 3 && !(await isFree(port))) continue // someone took the port just now
      const { stdout } = await run([...cluster.sudo, 'tail', '-n', '20', cluster.log])
      throw new Stop(`PostgreSQL does not start:\n${output}\n${cluster.log} ends with:\n${stdout}`)
    }
  }
  await createDatabase(url!)
  return await report()
}

const down = async (wipe: boolean) => {
  if (!fs.existsSync(home)) return say('Nothing here.')
  using _lock = lock()
  const cluster = await findCluster()
  const major = await clusterMajor(cluster)
  const postgres = major && (await findPostgres(major))
  if (postgres && (await run(pgCtl(cluster, postgres, 'status'))).code === 0) {
    await must(pgCtl(cluster, postgres, 'stop', '-m', 'fast', '-w'), { label: 'stopping PostgreSQL' })
  } else {
    const now = await report()
    if (now.up) throw new Stop(`Something answers at ${files.url}, but pg_ctl cannot see it: ${cluster.data}`)
    say('Not running.')
  }
  if (!wipe) return
  // Only what is ours: the folder may be someone's choice, with other things in it.
  if (cluster.root === join(home, 'cluster') || /clubos-postgres-[0-9a-f]{16}-\w+$/.test(cluster.root)) {
    fs.rmSync(cluster.root, { recursive: true, force: true })
  }
  for (const file of [...Object.values(files), `${files.lock}-journal`]) fs.rmSync(file, { force: true })
  if (fs.readdirSync(home).length === 0) fs.rmdirSync(home)
  say(`Removed the data (${cluster.root}).`)
}

const describe = (now: Report) =>
  now.up
    ? `PostgreSQL ${now.postgres} with pgvector ${now.pgvector ?? 'missing'} is up on 127.0.0.1:${now.port}${now.fast ? ', without fsync' : ''}
  url    in ${files.url} (or: npm run -s postgres -- url)
  data   ${now.data}
  log    ${now.log}`
    : `PostgreSQL is not up (${now.why}). Start it: npm run postgres -- up`

const main = async (): Promise<number> => {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse()
  } catch (error) {
    say(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  const { values, positionals } = parsed
  const [command, ...rest] = positionals
  const print = (now: Report) =>
    process.stdout.write(`${values.json ? JSON.stringify(now) : describe(now)}\n`)
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  try {
    if (command === 'up' && rest.length === 0) {
      const now = await up(values.fast, values['allow-unsigned'])
      if (!now.up) throw new Stop(describe(now))
      print(now)
      return 0
    }
    if (command === 'down' && rest.length === 0) {
      await down(values.wipe)
      if (values.json) print(await report())
      return 0
    }
    if (command === 'status' && rest.length === 0) {
      const now = await report()
      print(now)
      return now.up ? 0 : 1
    }
    if (command === 'url' && rest.length === 0) {
      const now = await report()
      if (!now.up) throw new Stop(describe(now))
      process.stdout.write(`${values.json ? JSON.stringify({ url: now.url }) : now.url}\n`)
      return 0
    }
  } catch (error) {
    const { code, message, stack } = error as NodeJS.ErrnoException
    const text =
      code === 'EACCES' || code === 'EPERM'
        ? `${message}\nThe cluster in ${home} belongs to another user: run as that user, or set CLUBOS_POSTGRES_DIR.`
        : error instanceof Stop
          ? message
          : stack!
    say(text)
    if (values.json) process.stdout.write(`${JSON.stringify({ up: false, why: text })}\n`)
    return 1
  }
  say(help)
  return 2
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      fast: { type: 'boolean', default: false },
      wipe: { type: 'boolean', default: false },
      'allow-unsigned': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })

process.exitCode = await main()
