/** `clubos export`: the club's texts as a folder that `clubos import` reads again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('export <folder>')
    .description('Write SOPs, knowledge, golden questions and sites into a folder, as `import` reads them.')
    .option('--at <time>', 'the SOPs as they were at this time (ISO 8601)')
    .option('--json', 'print one JSON object')
    .action((folder: string, options: { at?: string; json?: boolean }) =>
      withApp(async (app) => {
        if (folder.trim() === '') throw new Error('Name the folder to write to.')
        const sops = await app.pool.query<{ category: string; section: string; content: string }>(
          options.at
            ? `select v.category, v.section, v.content from (select distinct on (sop_id) * from app_public.sop_versions where created_at <= $1 order by sop_id, version desc) v where not v.archived`
            : 'select category, section, content from app_public.sops where archived_at is null',
          options.at ? [options.at] : [],
        )
        for (const sop of sops.rows) {
          const file = join(
            folder,
            'sops',
            ...[sop.category, ...sop.section.split('/')].map(safeName),
          ).concat('.md')
          mkdirSync(dirname(file), { recursive: true })
          writeFileSync(file, sop.content)
        }
        mkdirSync(folder, { recursive: true })
        const knowledge = await app.pool.query(
          `select k.category, k.topic, k.question, k.answer, k.source, k.trust, k.usage_count, k.success_rate, s.slug as site
             from app_public.knowledge_base k left join app_public.sites s on s.id = k.site_id order by k.category, k.topic, k.question`,
        )
        writeFileSync(
          join(folder, 'knowledge.jsonl'),
          knowledge.rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
        )
        const golden = await app.pool.query<Record<string, unknown>>(
          `select g.question, s.category || '/' || s.section as sop_id, g.expected_category || '/' || g.expected_topic as topic, nullif(g.hand_over, false) as hand_over, t.slug as site, g.note
             from app_public.golden_questions g left join app_public.sops s on s.id = g.expected_sop_id and s.archived_at is null left join app_public.sites t on t.id = g.site_id
            where g.expected_sop_id is null or s.id is not null order by g.id`,
        )
        writeFileSync(
          join(folder, 'golden.jsonl'),
          golden.rows
            .map((row) => `${JSON.stringify(row, (_, value) => (value === null ? undefined : value))}\n`)
            .join(''),
        )
        const sites = await app.pool.query(
          'select slug, name, timezone, address from app_public.sites order by slug',
        )
        writeFileSync(
          join(folder, 'sites.jsonl'),
          sites.rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
        )
        const result = {
          folder,
          sops: sops.rowCount,
          knowledge: knowledge.rowCount,
          golden: golden.rowCount,
          sites: sites.rowCount,
        }
        if (options.json) console.log(JSON.stringify(result))
        else
          console.log(
            `Wrote ${result.sops} SOPs, ${result.knowledge} knowledge entries, ${result.golden} golden questions and ${result.sites} sites to ${folder}.`,
          )
      }),
    )

/** A category or section is any text; a file's name is not, and must not leave the folder. */
const safeName = (name: string) => name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_').replace(/^\.+/, '_') || '_'
