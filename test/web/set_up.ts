/** Before all tests in the browser: the UI as it is now, and a demo club to copy. */
import { buildWeb, isStale } from '../../web/build.ts'
import { makeTemplate } from '../support/template.ts'

export default async function setUp(): Promise<void> {
  if (isStale()) await buildWeb()
  await makeTemplate('demo')
}
