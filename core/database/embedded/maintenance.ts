/**
 * What a PostgreSQL server does in the background and a single process does not: checkpoints, without which
 * the log and the time to recover grow until the end; and vacuum and analyze, without which tables only grow
 * and plans are made on old figures.
 */
import type { Engine } from './engine.ts'
import type { GatewayLimits } from './limits.ts'
import type { Session } from './session.ts'

type Log = (level: 'info' | 'warn', message: string, details?: Record<string, unknown>) => void

/** The thresholds are the server's defaults. */
const WORN_TABLES = `
  select pg_catalog.format('%I.%I', s.schemaname, s.relname)
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
  where c.relpersistence <> 't'
    and (
      s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
      or s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
      or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    )`

export class Maintenance {
  readonly #engine: Engine
  readonly #session: Session
  readonly #limits: GatewayLimits
  readonly #log: Log
  #checkedAt = 0
  #vacuumedAt = Date.now()
  #busy = false
  #servedBefore = 0
  /** Something was done since the last time tables were looked at. */
  #vacuumIsDue = false

  constructor(engine: Engine, session: Session, limits: GatewayLimits, log: Log) {
    this.#engine = engine
    this.#session = session
    this.#limits = limits
    this.#log = log
  }

  /** Called every now and then. */
  tick(now: number) {
    if (this.#busy || now - this.#checkedAt < this.#limits.checkpointEvery) return
    this.#checkedAt = now
    if (this.#session.served === this.#servedBefore && !this.#vacuumIsDue) return
    this.#servedBefore = this.#session.served
    this.#busy = true
    this.#maintain(now)
      .catch((error: unknown) => this.#log('warn', 'maintenance failed', { error: String(error) }))
      .finally(() => {
        this.#busy = false
      })
  }

  async #maintain(now: number) {
    await this.#session.job(() => this.#checkpoint())
    this.#vacuumIsDue = now - this.#vacuumedAt < this.#limits.vacuumEvery || !this.#session.isQuiet
    if (this.#vacuumIsDue) return
    this.#vacuumedAt = now
    const { rows } = await this.#session.job(() => this.#engine.sql(WORN_TABLES))
    // One table at a time, so that clients get their turn between.
    for (const [table] of rows) {
      await this.#session.job(() => this.#engine.sql(`vacuum (analyze, skip_locked) ${table}`))
    }
  }

  /** What counts is the log after the last checkpoint, whoever made it and before whichever start: so much is read again after a crash. */
  async #checkpoint() {
    const { rows } = await this.#engine.sql(
      `select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), redo_lsn)
       from pg_catalog.pg_control_checkpoint()`,
    )
    const bytes = Number(rows[0]?.[0])
    if (bytes < this.#limits.checkpointBytes) return
    const started = Date.now()
    await this.#engine.sql('checkpoint')
    this.#log('info', 'checkpoint', { bytes, ms: Date.now() - started })
  }
}
