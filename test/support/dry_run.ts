/** What run_preview must find: each question searched by itself, by what search_knowledge calls. */
import type pg from 'pg'

export interface Found {
  target: string | null
  title: string | null
  score: number | null
  confidence: number | null
  answered: boolean
  text: string | null
}

export async function searchedOneByOne(
  client: pg.PoolClient,
  questions: object[],
  asNew = false,
): Promise<Found[]> {
  const { rows } = await client.query<{ found: Found[] }>(
    `with without as materialized (
       select * from app_private.asked_as_new($1, $2)
     )
     select coalesce(jsonb_agg(jsonb_build_object('target', a.target, 'title', app_private.target_title(a.target, a.entry_id), 'score', a.score, 'confidence', round(a.confidence::numeric, 4),
              'answered', coalesce(a.confidence >= a.threshold and a.category <> 'hand_over', false), 'text', a.text)
              || case when a.category = 'hand_over' then jsonb '{"for_a_person": true}' else '{}' end order by a.n), '[]') as found
       from (select q.n, c.confidence_threshold as threshold, f.category, f.score, f.confidence, nullif(concat_ws(E'\\n', f.heading, f.snippet), '') as text,
                    case when f.sop_id is not null then 'sop:' || f.sop_id when f.rank is not null then 'topic:' || f.category || '/' || f.topic end as target,
                    (select u.id from app_private.search_units u where u.knowledge_id = f.knowledge_id and u.ordinal = 0 limit 1) as entry_id
               from jsonb_array_elements($1::jsonb) with ordinality q(asked, n)
              cross join app_public.club_settings c
               left join without w on w.place = q.n
               left join lateral (select (s.result).* from app_private.search(q.asked ->> 'question',
                 (select e.embedding from app_private.embedding_cache e where e.content_hash = app_hidden.embedding_hash(q.asked ->> 'question') and e.model = c.embedding_model),
                 null, app_hidden.find_site(q.asked ->> 'site'), 1, w.left_out) s) f on true) a`,
    [JSON.stringify(questions), asNew],
  )
  return rows[0]!.found
}
