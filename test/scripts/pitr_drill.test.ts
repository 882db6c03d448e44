import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import { isServer } from '../support/database.ts'

const drill = join(projectFolder, 'scripts', 'pitr_drill.ts')
const long = isServer && process.env.CLUBOS_LONG ? it : it.skip

long(
  'a bad approval is undone by recovering to a second before it',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [drill, '--json'])
    const result = JSON.parse(stdout)
    expect(Object.values(result.checks)).toEqual([true, true, true, true, true])
    expect(Date.parse(result.bad_approval) - Date.parse(result.recovered_to)).toBe(1000)
  },
  600_000,
)

it('says how it is used', async () => {
  expect((await promisify(execFile)(process.execPath, [drill, '--help'])).stdout).toContain('Usage:')
  await expect(promisify(execFile)(process.execPath, [drill, '--nonsense'])).rejects.toMatchObject({
    code: 2,
  })
})
