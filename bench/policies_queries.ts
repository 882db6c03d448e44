/** What people typically ask of big tables, as whom, and the same with the policy's condition written out for the owner. */
import type { Claims } from '../core/database/index.ts'

export interface PolicyQuery {
  name: string
  claims: Claims
  /** {mine} becomes true under the policy, and the condition below for the owner. */
  sql: string
  mine?: string
  /** An index that the plan must use, under the policy too. */
  index?: string
}

const visitorId = '00000000-0000-4000-8000-000000000042'
const customer: Claims = { role: 'anonymous', visitorId }
const agent: Claims = { role: 'agent', actor: 'ann' }
const auditor: Claims = { role: 'auditor', actor: 'otto' }
const isMine = `visitor_id = '${visitorId}'`
const ofMyTickets = `author_kind <> 'system' and ticket_id in (select id from app_public.tickets where ${isMine})`

export const policyQueries: PolicyQuery[] = [
  {
    name: 'customer: own tickets',
    claims: customer,
    sql: 'select id, status, subject from app_public.tickets where {mine} order by id desc',
    mine: isMine,
    index: 'tickets_visitor_id',
  },
  {
    name: 'customer: own answers',
    claims: customer,
    sql: 'select id, question, text from app_public.responses where {mine} order by id desc',
    mine: isMine,
    index: 'responses_visitor_id',
  },
  {
    name: 'customer: one answer',
    claims: customer,
    sql: 'select id, question, text from app_public.responses where id = 41 and {mine}',
    mine: isMine,
    index: 'responses_pkey',
  },
  {
    name: 'customer: one conversation',
    claims: customer,
    sql: 'select id, body from app_public.messages where ticket_id = 42 and {mine} order by id',
    mine: ofMyTickets,
    index: 'messages_ticket_id',
  },
  {
    name: 'customer: all own messages',
    claims: customer,
    sql: 'select id, body from app_public.messages where {mine} order by id',
    mine: ofMyTickets,
    index: 'messages_ticket_id',
  },
  {
    name: 'customer: own sources',
    claims: customer,
    sql: 'select response_id, rank, snippet from app_public.response_sources where {mine}',
    mine: `response_id in (select id from app_public.responses where ${isMine})`,
    index: 'response_sources_pkey',
  },
  {
    name: 'agent: inbox',
    claims: agent,
    sql: `select * from app_public.tickets where status = 'waiting' and {mine} order by priority desc, updated_at desc limit 50`,
    index: 'tickets_inbox',
  },
  {
    name: 'agent: a conversation',
    claims: agent,
    sql: 'select * from app_public.messages where ticket_id = 1711 and {mine} order by id',
    index: 'messages_ticket_id',
  },
  {
    name: 'agent: answers of an hour',
    claims: agent,
    sql: `select * from app_public.responses where created_at > now() - interval '1 hour' and {mine}`,
    index: 'responses_by_time',
  },
  {
    name: 'agent: failures in words',
    claims: agent,
    sql: `select * from app_public.failed_responses where to_tsvector('app_public.clubos', query) @@ websearch_to_tsquery('app_public.clubos', 'projector 1003') and {mine}`,
    index: 'failed_responses_words',
  },
  {
    name: 'agent: failures to analyse',
    claims: agent,
    sql: 'select * from app_public.failed_responses where not analyzed and withdrawn_at is null and {mine} order by id limit 500',
    index: 'failed_responses_to_analyse',
  },
  {
    name: 'agent: ratings by category',
    claims: agent,
    sql: 'select category, feedback, count(*) from app_public.responses where {mine} group by 1, 2',
  },
  {
    name: 'auditor: trail of a row',
    claims: auditor,
    sql: `select * from app_public.audit_log where table_name = 'sops' and row_id = '42' and {mine} order by id`,
    index: 'audit_log_row',
  },
  {
    name: 'auditor: changes of an hour',
    claims: auditor,
    sql: `select * from app_public.audit_log where created_at > now() - interval '1 hour' and {mine}`,
    index: 'audit_log_created_at',
  },
]

export const asRole = (query: PolicyQuery) => query.sql.replace('{mine}', 'true')
export const asOwner = (query: PolicyQuery) => query.sql.replace('{mine}', query.mine ?? 'true')
