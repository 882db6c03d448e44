import { describe, expect, it } from '@jest/globals'
import { analyse } from '../../../core/database/embedded/sql.ts'

describe('settings a statement may change for the session', () => {
  it.each([
    [`set clubos.actor = 'joe'`, ['clubos.actor']],
    ['SET SESSION Work_Mem TO 5', ['work_mem']],
    [`-- set a = 1\n/* set /* b */ = 1 */ set time zone 'UTC'`, ['timezone']],
    [`select 1; set names 'utf8'`, ['client_encoding']],
    ['set session authorization joe', ['session_authorization', 'role']],
    [`select pg_catalog.set_config('a.b', (select x from y where z in (1, 2)), false)`, ['a.b']],
    ['reset "MyApp"."Key"', ['MyApp.Key']],
  ])('%s', (sql, names) => {
    const analysis = analyse(sql)
    expect(analysis.changesSettings).toBe(true)
    expect(analysis.settingNames).toEqual(names)
  })

  it.each([
    `set local clubos.actor = 'joe'`,
    'set transaction isolation level serializable',
    'set constraints all deferred',
    `select set_config('a.b', $1, true)`,
    'update t set a = 1',
    `insert into t values ($1)\non conflict (a) do update\nset a = 1`,
    `select 'x; set a = 1', $$; set b = 2 $$, e'\\'; set c = 3', "; set d = 4" -- ; set e = 5`,
    `create function f() returns void language sql set search_path = '' as $f$ set a = 1 $f$`,
  ])('not %s', (sql) => {
    expect(analyse(sql).changesSettings).toBe(false)
  })

  it('with names that are not in the text', () => {
    expect(analyse('select set_config($1::text, $2::text, false)').namesInParameters).toBe(true)
    expect(analyse('select set_config(n, v, false) from x').namesUnknown).toBe(true)
    expect(
      analyse('select set_config(el->>0, el->>1, true) from json_array_elements($1::json) el')
        .changesSettings,
    ).toBe(false)
  })
})

describe('channels', () => {
  it.each([
    ['listen "a""b"', 'a"b'],
    ['LISTEN Jobs', 'jobs'],
    [`listen ${'é'.repeat(40)}`, 'é'.repeat(31)],
    ['unlisten *', '*'],
  ])('%s', (sql, channel) => {
    expect(analyse(sql).listens.map((operation) => operation.channel)).toEqual([channel])
  })
})

describe('COPY FROM STDIN', () => {
  it.each([
    ['copy t from stdin', 'alone'],
    ['/* x */ COPY t (a, b) FROM STDIN WITH (format csv);', 'alone'],
    ['select 1; copy t from stdin', 'among others'],
    ['copy t to stdout', 'none'],
    [`select 'copy t from stdin'`, 'none'],
    [`comment on table t is $$\ncopy t from stdin$$`, 'none'],
  ])('%s: %s', (sql, found) => {
    expect(analyse(sql).copyFromStdin).toBe(found)
  })
})
