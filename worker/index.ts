/** graphile-worker in this process: its tasks, its crontab, and the one way it stops. */
import { Logger, type Runner, run, type TaskList } from 'graphile-worker'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import auditRecordHead from './tasks/audit__record_head.ts'
import failuresAnalyse from './tasks/failures__analyse.ts'
import notificationsSend from './tasks/notifications__send.ts'
import retentionApply from './tasks/retention__apply.ts'
import searchStatisticsRefresh from './tasks/search_statistics__refresh.ts'
import searchUnitsEmbed from './tasks/search_units__embed.ts'

export interface Services extends AnsweringServices {
  config: Config
}

export const tasks = (services: Services): TaskList => ({
  audit__record_head: auditRecordHead(services),
  failures__analyse: failuresAnalyse(services),
  notifications__send: notificationsSend(services),
  retention__apply: retentionApply(services),
  search_statistics__refresh: searchStatisticsRefresh(services),
  search_units__embed: searchUnitsEmbed(services),
})

const crontab = `
* * * * * search_statistics__refresh ?jobKey=search_statistics__refresh&max=3
*/5 * * * * search_units__embed ?jobKey=search_units__embed:cron&max=3
0 * * * * failures__analyse ?id=hourly&jobKey=failures__analyse:hourly&max=5 {"most":500}
55 2 * * * audit__record_head ?id=audit_head&jobKey=audit__record_head&max=8
15 3 * * * retention__apply ?jobKey=retention__apply&max=5
30 4 * * * failures__analyse ?id=daily&jobKey=failures__analyse:daily&max=5 {"most":10000}
`

export function startWorker(
  services: Services,
  databaseUrl: string,
  options: { concurrency?: number } = {},
): Promise<Runner> {
  return run({
    connectionString: databaseUrl,
    maxPoolSize: 4,
    taskList: tasks(services),
    crontab,
    concurrency: options.concurrency ?? 2,
    // The process that owns us handles signals and stops us in its own order.
    noHandleSignals: true,
    // Otherwise the result of a job that ends after SIGTERM is lost.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') services.log.warn({ part: 'worker' }, message)
      else services.log.debug({ part: 'worker' }, message)
    }),
  })
}
