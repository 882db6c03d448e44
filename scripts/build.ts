/** `npm run build`: the web UI, once or at each change. */
import { watch } from 'node:fs'
import { join } from 'node:path'
import { buildWeb, isStale } from '../web/build.ts'

const folder = join(import.meta.dirname, '..', 'web')

const given = process.argv.slice(2)
if (given.includes('--help')) {
  console.log(
    'Usage: npm run build -- [--if-stale] [--watch]\nBuilds the web UI into web/dist; --watch builds again at each change.',
  )
} else if (given.includes('--watch')) {
  let [building, again] = [false, true]
  const run = async () => {
    again = true
    if (building) return
    building = true
    while (again) {
      again = false
      const begun = performance.now()
      await buildWeb().then(
        () => console.log(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s.`),
        (error: Error) => console.error(error.message),
      )
    }
    building = false
  }
  await run()
  watch(folder, { recursive: true }, (_event, file) => {
    if (file && !file.startsWith('dist')) void run()
  })
} else if (!given.includes('--if-stale') || isStale()) {
  const begun = performance.now()
  await buildWeb()
  console.log(`Built the web UI in ${((performance.now() - begun) / 1000).toFixed(1)} s.`)
}
