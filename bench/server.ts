/** A real `clubos start` on a bench's database. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectFolder } from '../core/database/migrate.ts'

export async function startServer(databaseUrl: string, settings: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(projectFolder, 'cli', 'clubos.ts'), 'start'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PORT: '0',
      RATE_LIMITS: 'off',
      CLUBOS_SECRET: 'only for this bench, which nobody else reaches',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  while (!said.includes('Stop with')) {
    if (child.exitCode !== null) throw new Error(`The server did not start: ${said}`)
    await sleep(200)
  }
  return {
    url: /ready: (\S+)/.exec(said)![1]!,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
