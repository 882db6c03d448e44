import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { adoptModel, estimate, reembed, requestMove } from '../../core/embedding/reembed.ts'
import { analyse, embedMissing } from '../../core/learning/analyse.ts'
import { one, record, uuid } from '../sql/fixtures.ts'
import { admin, isServer, worker } from '../support/database.ts'
import { openaiFailure } from '../support/providers/failures.ts'
import { type Club, fillClub, localModel, models, openClub, remoteModel } from './support.ts'

describe('moving to another embedding model', () => {
  let club: Club
  beforeEach(async () => {
    club = await openClub()
  })
  afterEach(async () => {
    club.server.assertClean()
    await club.close()
  })
  const remote = () => club.embedder.by('openai')!
  const move = (to = remote(), options = {}) =>
    reembed(club.services, to, { reason: 'Better vectors', actor: 'adam', firstDelay: 1, ...options })
  const texts = () => club.server.of('embeddings').flatMap((request) => [request.body.input].flat())
  const last = () => one(club.database.pool, 'select * from app_public.reembeddings order by id desc limit 1')

  it('changes everything that is compared, and back', async () => {
    await fillClub(club)
    const pool = club.database.pool
    await withClaims(pool, worker, async (client) => {
      const answer = await record(client, {
        question: 'the door of hall 9 squeaks',
        outcome: 'answered',
        visitorId: uuid(1),
        sop: await one(client, 'select * from sops limit 1'),
      })
      await client.query(
        `select set_config('role', 'anonymous', true), set_config('clubos.visitor_id', $1, true)`,
        [uuid(1)],
      )
      await client.query('select app_public.mark_unhelpful($1)', [answer.id])
    })
    await analyse(club.services)
    expect(await models(pool)).toEqual({
      settings: localModel,
      units: [localModel],
      knowledge: [localModel],
      patterns: [localModel],
    })

    const result = await move()
    expect(result).toMatchObject({ from_model: localModel, to_model: remoteModel, missing: result.embedded })
    expect(await models(pool)).toEqual({
      settings: remoteModel,
      units: [remoteModel],
      knowledge: [remoteModel],
      patterns: [remoteModel],
    })
    expect(await last()).toMatchObject({
      state: 'done',
      from_model: localModel,
      to_model: remoteModel,
      done: result.total,
      total: result.total,
      started_by: 'adam',
      error: null,
    })
    expect(await embedMissing(club.services)).toBe(0)
    expect(
      await one(
        pool,
        `select actor, reason, new ->> 'embedding_model' as model from app_public.audit_log where table_name = 'club_settings' order by id desc limit 1`,
      ),
    ).toEqual({ actor: 'adam', reason: 'Better vectors', model: remoteModel })

    await move(club.local)
    expect(await models(pool)).toEqual({
      settings: localModel,
      units: [localModel],
      knowledge: [localModel],
      patterns: [localModel],
    })
    // What the cache has is not embedded again, in either direction.
    const asked = texts().length
    await move()
    expect(texts().length).toBe(asked)
  })

  it('gives units and profiles the vectors they would have had from the beginning', async () => {
    await fillClub(club)
    await move()
    const pool = club.database.pool
    const moved = await pool.query(
      'select kind, target, ordinal, embedding_text, embedding::text from app_private.search_units order by kind, target, ordinal',
    )
    await pool.query(
      'select app_private.rebuild_profile(u.target) from (select distinct target from app_private.search_units) u',
    )
    const rebuilt = await pool.query(
      'select kind, target, ordinal, embedding_text, embedding::text from app_private.search_units order by kind, target, ordinal',
    )
    expect(rebuilt.rows).toEqual(moved.rows)
  })

  it('masks what leaves this machine, and writes the calls into the ledger', async () => {
    await fillClub(club)
    await move()
    expect(texts().join('\n')).toContain('Write to [email]')
    expect(texts().join('\n')).not.toContain('@example.com')
    const calls = await one(
      club.database.pool,
      `select count(*)::int as n, sum(tokens_in)::int as tokens, min(purpose) as purpose, min(status) as status, sum(cost)::float as cost from app_public.llm_calls`,
    )
    expect(calls).toMatchObject({ n: club.server.of('embeddings').length, purpose: 'embed', status: 'ok' })
    expect(calls.tokens).toBeGreaterThan(0)
    expect(Number((await last()).cost)).toBeCloseTo(calls.cost, 6)
  })

  it('says before what it will take, and changes nothing by that', async () => {
    await fillClub(club)
    const expected = await estimate(club.database.pool, remote())
    expect(expected).toMatchObject({ from_model: localModel, total: expected.missing })
    expect(expected.tokens).toBeGreaterThan(100)
    expect(expected.cost).toBeGreaterThan(0)
    expect(texts()).toEqual([])
    expect((await estimate(club.database.pool, club.local)).missing).toBe(0)
  })

  it('goes on where it was stopped', async () => {
    await fillClub(club)
    const stop = new AbortController()
    const { total } = await estimate(club.database.pool, remote())
    await expect(
      move(remote(), { batch: 4, signal: stop.signal, progress: () => stop.abort(new Error('killed')) }),
    ).rejects.toThrow()
    expect(await models(club.database.pool)).toMatchObject({ settings: localModel, units: [localModel] })
    const kept = (await estimate(club.database.pool, remote())).missing
    expect(kept).toBeLessThan(total)
    expect((await last()).state).toBe('waiting')
    club.server.reset()
    const result = await move(remote(), { batch: 4 })
    expect(texts().length).toBe(kept)
    expect(result.embedded).toBe(kept)
    expect(await one(club.database.pool, 'select count(*)::int as n from app_public.reembeddings')).toEqual({
      n: 1,
    })
    expect((await last()).state).toBe('done')
  })

  it('waits as long as the provider says, and goes on', async () => {
    await fillClub(club)
    club.server.once('embeddings', openaiFailure.rateLimited({ ms: 20 }))
    club.server.once('embeddings', openaiFailure.serverError())
    await move(remote(), { batch: 8 })
    expect(await models(club.database.pool)).toMatchObject({ settings: remoteModel, units: [remoteModel] })
    const { rows } = await club.database.pool.query('select status from app_public.llm_calls order by id')
    expect(
      rows
        .map((row) => row.status)
        .toSorted()
        .slice(-2),
    ).toEqual(['rate_limited', 'server_error'])
  })

  it.each([
    [
      'the key is wrong',
      () =>
        ({
          fault: {
            kind: 'status',
            status: 401,
            error: { code: 'invalid_api_key', message: 'Incorrect API key' },
          },
        }) as const,
    ],
    ['the account is empty', openaiFailure.quotaExhausted],
    ['it fails again and again', openaiFailure.serverError],
  ])('leaves everything as it was where %s', async (_name, failure) => {
    await fillClub(club)
    club.server.on('embeddings', failure())
    await expect(move(remote(), { tries: 2 })).rejects.toThrow()
    expect(await models(club.database.pool)).toMatchObject({
      settings: localModel,
      units: [localModel],
      knowledge: [localModel],
    })
    expect(await last()).toMatchObject({ state: 'failed' })
    expect((await last()).error).not.toBeNull()
  })

  it('is stopped by a budget that is used up, and goes on when there is money', async () => {
    await fillClub(club)
    await club.database.pool.query('update app_public.club_settings set daily_budget = 0')
    await expect(move()).rejects.toThrow(/budget/)
    expect(texts()).toEqual([])
    await club.database.pool.query('update app_public.club_settings set daily_budget = null')
    await move()
    expect(await models(club.database.pool)).toMatchObject({ settings: remoteModel })
  })

  it('catches up with what is written meanwhile', async () => {
    await fillClub(club)
    let written = 0
    await move(remote(), {
      batch: 8,
      progress: () => {
        if (written++ === 0)
          void withClaims(club.database.pool, admin, (client) =>
            client.query(
              `select app_public.save_knowledge('doors', 'late', '000 Written during the copy?', 'Yes.', 'Late')`,
            ),
          )
      },
    })
    await embedMissing(club.services)
    expect(await models(club.database.pool)).toMatchObject({
      settings: remoteModel,
      units: [remoteModel],
      knowledge: [remoteModel],
    })
  })

  it('lets searches see the old whole or the new whole, never a mixture or nothing', async () => {
    await fillClub(club)
    const pool = club.database.pool
    const stop = new AbortController()
    const seen = new Set<string>()
    const searching = (async () => {
      while (!stop.signal.aborted) {
        // One statement is one snapshot.
        const { rows } = await pool.query(
          `select s.embedding_model as settings, array_agg(distinct coalesce(u.embedding_model, 'none')) as units, (select count(*)::int from app_public.search_knowledge('Where is bell 3?', null, first => 3)) as found
             from app_public.club_settings s, app_private.search_units u group by 1`,
        )
        expect(rows[0].units).toEqual([rows[0].settings])
        expect(rows[0].found).toBeGreaterThan(0)
        seen.add(rows[0].settings)
      }
    })()
    await move(remote(), { batch: 4 })
    await move(club.local)
    await move()
    stop.abort()
    await searching
    expect([...seen]).toContain(localModel)
  })

  // The embedded database is one session: there a transaction has it alone.
  ;(isServer ? it : it.skip)('waits for who is writing, and lets them finish', async () => {
    await fillClub(club)
    const pool = club.database.pool
    const writer = await pool.connect()
    await writer.query('begin')
    await writer.query(
      `update app_public.knowledge_base set usage_count = usage_count where topic = 'bell 1'`,
    )
    await writer.query(
      `select set_config('clubos.actor', 'ann', true), set_config('clubos.reason', 'x', true)`,
    )
    await writer.query(`update app_private.search_units set title = title where kind = 'section'`)
    const moving = move()
    const moved = moving.then(() => 'moved')
    // It tries and gives way while the writer writes on.
    await club.server.arrived('embeddings')
    await writer.query(
      `update app_public.knowledge_base set usage_count = usage_count + 1 where topic = 'bell 2'`,
    )
    await writer.query('commit')
    writer.release()
    expect(await moved).toBe('moved')
  })

  describe('at the start of a server', () => {
    it('takes the model of the settings at once where nothing is embedded yet', async () => {
      const empty = await openClub('openai')
      try {
        await adoptModel(empty.database.pool, empty.embedder)
        expect((await models(empty.database.pool)).settings).toBe(remoteModel)
        expect(await requestMove(empty.services)).toBeNull()
        await fillClub(empty)
        expect(await models(empty.database.pool)).toMatchObject({
          units: [remoteModel],
          knowledge: [remoteModel],
        })
      } finally {
        await empty.close()
      }
    })

    it('goes on with the old one where a club lives, and leaves the move to the worker', async () => {
      await fillClub(club)
      const other = await openClub('openai')
      try {
        await fillClub(other)
        await other.database.pool.query('update app_public.club_settings set embedding_model = $1', [
          localModel,
        ])
        await adoptModel(other.database.pool, other.embedder)
        expect((await models(other.database.pool)).settings).toBe(localModel)
        expect(await requestMove(other.services)).toMatch(/move from/)
        expect(
          await one(
            other.database.pool,
            `select count(*)::int as n from graphile_worker.jobs where task_identifier = 'search_units__reembed'`,
          ),
        ).toEqual({ n: 1 })
      } finally {
        await other.close()
      }
    })
  })
})
