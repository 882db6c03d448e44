/**
 * The independent checker: reads the tables as their owner, with SQL of its own, and says what does not agree. It
 * calls none of the functions that wrote them, but verify_audit_log, whose verdict it compares with its own.
 */
import { createHash } from 'node:crypto'
import type pg from 'pg'

export interface Violation {
  rule: string
  [detail: string]: unknown
}

const rules: Record<string, string> = {
  'versions count from 1 without gaps': `
    select sop_id, count(*)::int as versions, max(version) as newest from app_public.sop_versions
     group by 1 having count(*) <> max(version) or min(version) <> 1`,
  'each version follows the one before it': `
    select v.id, v.sop_id, v.version from app_public.sop_versions v
      left join app_public.sop_versions p on p.id = v.previous_version_id
     where v.version > 1 and (p.sop_id is distinct from v.sop_id or p.version is distinct from v.version - 1)`,
  'time never runs backwards within an SOP': `
    select v.sop_id, v.version from app_public.sop_versions v
      join app_public.sop_versions p on p.sop_id = v.sop_id and p.version = v.version - 1 where v.created_at < p.created_at`,
  'an SOP is its last version': `
    select s.id, s.version from app_public.sops s
      left join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
     where v.content is distinct from s.content or s.version <> (select max(m.version) from app_public.sop_versions m where m.sop_id = s.id)`,
  'what is searched is the last version': `
    select distinct s.id, s.version, v.version as searched from app_private.search_units u
      join app_public.sops s on s.id = u.sop_id join app_public.sop_versions v on v.id = u.sop_version_id
     where u.kind = 'profile' and (v.version <> s.version or v.sop_id <> s.id)
    union all
    select distinct s.id, s.version, null::integer from app_private.search_units u join app_public.sops s on s.id = u.sop_id
     where u.kind in ('section', 'phrase') and (s.archived_at is not null or exists (select from unnest(string_to_array(u.body, E'\\n')) l where strpos(s.content, l) = 0))
    union all
    select s.id, s.version, null::integer from app_public.sops s
     where s.archived_at is null and not exists (select from app_private.search_units u where u.sop_id = s.id and u.kind = 'profile')
    union all
    select s.id, s.version, null::integer from app_public.sops s
     where s.archived_at is null and not exists (select from app_private.search_units u where u.sop_id = s.id and u.kind = 'section')`,
  'the history is what the audit log tells': `
    with history as (
      select v.sop_id::text as sop, v.version, encode(sha256(convert_to(v.content, 'UTF8')), 'hex') as content, v.changed_by as actor, v.change_reason as reason
        from app_public.sop_versions v
    ), audit as (
      select a.row_id, (a.new ->> 'version')::integer, a.new ->> 'content_sha256', a.actor, coalesce(a.reason, 'First version')
        from app_public.audit_log a where a.table_name = 'sops'
    )
    (select 'history' as only_in, h.* from (table history except all table audit) h)
    union all (select 'audit log', a.* from (table audit except all table history) a)`,
  'entries count their ratings': `
    select k.id, k.usage_count, k.success_count, k.success_rate, count(v)::int as votes, count(v) filter (where v.helpful)::int as good
      from app_public.knowledge_base k left join app_private.knowledge_votes v on v.knowledge_id = k.id
     group by k.id
    having k.usage_count <> count(v) or k.success_count <> count(v) filter (where v.helpful)
        or (k.success_rate is null) <> (count(v) = 0)
        or abs(k.success_rate - (count(v) filter (where v.helpful))::double precision / nullif(count(v), 0)) > 1e-9`,
  'a rating counts as what it says now': `
    select v.knowledge_id, v.response_id, v.helpful, r.feedback from app_private.knowledge_votes v
      join app_public.responses r on r.id = v.response_id where r.feedback is distinct from case when v.helpful then 'helpful' else 'unhelpful' end`,
  'a helpful answer taught something': `
    select r.id from app_public.responses r
     where r.feedback = 'helpful' and r.outcome = 'answered' and exists (select from app_public.response_sources s where s.response_id = r.id and s.cited)
       and not exists (select from app_private.knowledge_votes v where v.response_id = r.id and v.helpful)`,
  'a failure is filed for each unhelpful answer, once, and for no other': `
    select r.id, r.feedback, count(f)::int as failures from app_public.responses r
      left join app_public.failed_responses f on f.response_id = r.id and f.withdrawn_at is null
     group by r.id having count(f) <> (r.feedback is not distinct from 'unhelpful')::int`,
  'a pattern is as large as its failures are many': `
    select p.id, p.size, count(f)::int as failures from app_public.failure_patterns p
      left join app_public.failed_responses f on f.pattern_id = p.id group by p.id having p.size <> count(f)`,
  'an analysed failure has its pattern': `
    select f.id from app_public.failed_responses f where f.analyzed and f.pattern_id is null`,
  'an approved edit made one version, any other none': `
    select q.id, q.kind, q.status, count(v)::int as versions from app_public.improvement_queue q
      left join app_public.sop_versions v on v.improvement_id = q.id
     where q.kind in ('sop_edit', 'sop_new') group by q.id
    having count(v) > (select count(*) from app_public.audit_log a where a.table_name = 'improvement_queue' and a.row_id = q.id::text and a.new ->> 'status' = 'approved' and a.old ->> 'status' = 'pending')
        or q.status = 'approved' and count(v) = 0
           and not exists (select from app_public.sop_versions b where b.sop_id = q.sop_id and b.content = q.suggested_sop_update ->> 'new_content')`,
  'approved knowledge is there': `
    select q.id, e.value ->> 'question' as question from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e
     where q.status = 'approved' and q.kind not in ('sop_edit', 'sop_new')
       and not exists (select from app_public.knowledge_base k where k.question = e.value ->> 'question' and k.category = q.suggested_sop_update ->> 'category')`,
  'no two proposals of one change wait': `
    select fingerprint::text, count(*)::int from app_public.improvement_queue where status in ('pending', 'rejected') group by 1 having count(*) > 1`,
  'a decision stands in the audit log once, and so does its end': `
    select q.id, q.status, count(a) filter (where a.old ->> 'status' = 'pending')::int as decisions, count(a) filter (where a.new ->> 'status' = 'pending')::int as taken_back from app_public.improvement_queue q
      left join app_public.audit_log a on a.table_name = 'improvement_queue' and a.row_id = q.id::text and a.operation = 'update'
       and a.old ->> 'status' <> a.new ->> 'status'
     group by q.id having count(a) filter (where a.old ->> 'status' = 'pending') - count(a) filter (where a.new ->> 'status' = 'pending') <> (q.status <> 'pending')::int`,
  'an answer in a conversation is said there once': `
    select r.id, r.outcome, count(m)::int as messages from app_public.responses r left join app_public.messages m on m.response_id = r.id
     where r.ticket_id is not null group by r.id having count(m) <> (r.outcome <> 'withheld')::int`,
  'an answer that needs a person has a ticket': `
    select r.id, r.outcome from app_public.responses r where r.outcome in ('handed_over', 'emergency', 'paused') and r.ticket_id is null`,
  'no job is locked by a worker that is not there': `
    select j.id, j.locked_by from graphile_worker._private_jobs j
     where j.locked_at is not null and not exists (select from app_private.worker_heartbeats h where h.worker_id = j.locked_by)`,
}

export async function check(pool: pg.Pool): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const [rule, statement] of Object.entries(rules)) {
    const { rows } = await pool.query(statement).catch((error: Error): never => {
      throw new Error(`The rule "${rule}" cannot be asked: ${error.message}`)
    })
    for (const row of rows.slice(0, 5)) violations.push({ rule, ...row })
  }
  violations.push(...(await checkChain(pool)))
  const verdict = await pool.query('select * from app_public.verify_audit_log()')
  for (const row of verdict.rows) violations.push({ rule: 'verify_audit_log finds nothing', ...row })
  return violations
}

/** The chain, counted again from the rows by this program: what each says, hashed after the one before. */
async function checkChain(pool: pg.Pool): Promise<Violation[]> {
  const violations: Violation[] = []
  const rule = 'the audit chain is whole'
  let before: Buffer = Buffer.alloc(0)
  let position = 0
  for (;;) {
    const { rows } = await pool.query<{ at: string; said: string; previous: Buffer; hash: Buffer }>(
      `select a.chain_position as at, a.previous_hash as previous, a.hash,
              jsonb_build_array(a.chain_position, a.id, a.table_name, a.row_id, a.operation, a.actor, a.role, a.reason, a.old, a.new,
                a.transaction_id::text, a.request_id, extract(epoch from a.created_at))::text as said
         from app_public.audit_log a where a.chain_position > $1 order by a.chain_position limit 2000`,
      [position],
    )
    if (rows.length === 0) break
    for (const row of rows) {
      position++
      const hash = createHash('sha256').update(before).update(row.said, 'utf8').digest()
      if (Number(row.at) !== position) violations.push({ rule, expected: position, found: row.at })
      else if (!row.previous.equals(before)) violations.push({ rule, at: row.at, problem: 'previous hash' })
      else if (!row.hash.equals(hash)) violations.push({ rule, at: row.at, problem: 'hash' })
      if (violations.length > 5) return violations
      before = row.hash
      position = Number(row.at)
    }
  }
  const { rows } = await pool.query(
    `select h.chain_position, h.hash, (select count(*)::int from app_public.audit_log) as rows from app_private.audit_head h`,
  )
  const [head] = rows
  if (Number(head.chain_position) !== position || head.rows !== position || !before.equals(head.hash))
    violations.push({ rule, problem: 'the head', head: head.chain_position, rows: head.rows, position })
  return violations
}
