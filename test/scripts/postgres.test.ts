import { execFile } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { nextSuiteSources } from '../../scripts/apt_sources.ts'

const script = join(import.meta.dirname, '../../scripts/postgres.ts')

const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })

describe('the command', () => {
  test('--help names every command and exits with 0', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    for (const word of ['up', 'url', 'status', 'down', '--fast', '--wipe', '--json'])
      expect(stdout).toContain(word)
  })

  test.each([[['sideways']], [['up', 'twice']], [['--bogus']], [[]]])(
    '%j is wrong usage',
    async (args: string[]) => {
      expect(await run(args)).toMatchObject({ code: 2, stdout: '' })
    },
  )

  test('url and status, when nothing is up, print no URL, exit with 1 and leave nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clubos-test-'))
    const env = { CLUBOS_POSTGRES_DIR: folder }
    const url = await run(['url'], env)
    expect(url).toMatchObject({ code: 1, stdout: '' })
    expect(url.stderr).toContain('npm run postgres -- up')
    const status = await run(['status', '--json'], env)
    expect(status.code).toBe(1)
    expect(JSON.parse(status.stdout)).toMatchObject({ up: false, data: join(folder, 'cluster/data') })
    rmdirSync(folder) // fails unless it is empty
  })
})

describe('the next release, from the machine’s apt sources', () => {
  const mirror = 'http://mirror.test/debian'

  test('deb822: keeps mirror, components and keyring, drops updates, security and what is switched off', () => {
    const text = `# a comment
Types: deb deb-src
URIs: ${mirror}
Suites: bookworm bookworm-updates
# within a stanza too
Components: main
 contrib
Signed-By: /usr/share/keyrings/a.gpg

Types: deb
URIs: ${mirror}-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.test/
Suites: bookworm
Components: main
`
    expect(
      nextSuiteSources([{ name: 'debian.sources', text }], 'bookworm', 'trixie', [
        '/usr/share/keyrings/b.gpg',
      ]),
    ).toBe(`Types: deb-src
URIs: ${mirror}
Suites: trixie
Components: main contrib
Signed-By: /usr/share/keyrings/a.gpg /usr/share/keyrings/b.gpg
`)
  })

  test('one line a source: the same, options included', () => {
    const text = `# deb http://commented.test/ bookworm main
deb ${mirror} bookworm main contrib # ours
deb-src ${mirror} bookworm main contrib
deb [ arch=amd64 signed-by=/etc/apt/keyrings/c.gpg check-valid-until=no ] http://old.test/ bookworm main
deb ${mirror}-security bookworm-security main
deb https://other.test/node nodistro main
`
    expect(nextSuiteSources([{ name: 'sources.list', text }], 'bookworm', 'trixie')).toBe(`Types: deb-src
URIs: ${mirror}
Suites: trixie
Components: main contrib

Types: deb-src
URIs: http://old.test/
Suites: trixie
Components: main
Signed-By: /etc/apt/keyrings/c.gpg
Check-Valid-Until: no
`)
  })

  test('a key written into the source is left out; nothing fits when no source serves the release', () => {
    const text = `Types: deb
URIs: ${mirror}
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 /abcd=
 -----END PGP PUBLIC KEY BLOCK-----
`
    expect(
      nextSuiteSources([{ name: 'x.sources', text }], 'bookworm', 'trixie', ['/k.gpg']),
    ).toBe(`Types: deb-src
URIs: ${mirror}
Suites: trixie
Components: main
Signed-By: /k.gpg
`)
    expect(nextSuiteSources([{ name: 'x.sources', text }], 'noble', 'resolute')).toBe('')
    expect(nextSuiteSources([{ name: 'x.sources.disabled', text }], 'bookworm', 'trixie')).toBe('')
  })
})
