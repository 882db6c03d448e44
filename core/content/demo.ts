/** The fictional club that ships with ClubOS. */
import { join } from 'node:path'
import type pg from 'pg'
import type { AnsweringServices } from '../answering/ask.ts'
import { projectFolder } from '../database/migrate.ts'
import { importFolder } from './import.ts'

export const demoFolder = join(projectFolder, 'data', 'demo')

export async function isEmpty(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ empty: boolean }>(
    'select not exists (select from app_public.sops) and not exists (select from app_public.knowledge_base) as empty',
  )
  return rows[0]!.empty
}

export async function importDemo(
  services: AnsweringServices,
): Promise<{ sops: number; knowledge: number; golden: number; sites: number }> {
  const report = await importFolder(services, demoFolder, { actor: 'demo', reason: 'Demo content' })
  return {
    sops: report.sops.created.length,
    knowledge: report.knowledge.created,
    golden: report.golden.created,
    sites: report.sites,
  }
}
