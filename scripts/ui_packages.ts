/**
 * The dependencies that only the web UI's sources need: once it is built, nothing that runs does. Printed; with --remove
 * they go from node_modules, and with them what they alone depended on (for an image).
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const project = join(import.meta.dirname, '..')
const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}

const imported = (folders: string[]): Set<string> => {
  const found = new Set<string>()
  for (const file of folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: project })))
    for (const [, name] of readFileSync(join(project, file), 'utf8').matchAll(
      /(?:from|import|import\(|resolve\()\s*['"]((?:@[\w.-]+\/)?[a-z][\w.-]*)/g,
    ))
      found.add(name!)
  return found
}

const running = imported(['cli', 'core', 'server', 'worker'])
const shown = imported(['web'])
/** What these want beside them, which nothing imports by name. */
const peers = new Set(['@codemirror/merge', 'recharts'])
const names = Object.keys(dependencies).filter(
  (name) => !running.has(name) && (shown.has(name) || peers.has(name)),
)

if (process.argv.includes('--remove')) {
  execFileSync('npm', ['uninstall', '--omit=dev', '--no-audit', '--no-fund', ...names], {
    cwd: project,
    stdio: 'inherit',
  })
  // The editor that GraphiQL was built with, and GraphiQL's own pages are off in production.
  rmSync(join(project, 'node_modules', 'monaco-editor'), { recursive: true, force: true })
} else for (const name of names) console.log(name)
