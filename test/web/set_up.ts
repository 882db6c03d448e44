/** Before all tests in the browser: the UI as it is now, and clubs to copy: one with a history, one empty. */
import { buildWeb, isStale } from '../../web/build.ts'
import { makeTemplate } from '../support/template.ts'

export default async function setUp(): Promise<void> {
  if (isStale()) await buildWeb()
  await makeTemplate('empty')
  await makeTemplate('demo')
}
