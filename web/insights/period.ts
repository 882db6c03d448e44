/** Which time is looked at: days of the user's time zone, and the time before it that it is compared with. */
import { addDays, dayAt, daysFrom, startOfDay } from '../app/days.ts'
import type { InsightsSearch } from './route.ts'

export interface Period {
  /** The first and the last day, both included. */
  from: string
  to: string
  /** Moments: since is included, until is not. */
  since: string
  until: string
  days: number
}

const hour = 3_600_000

export function periodOf(search: InsightsSearch, zone: string, now = new Date()): Period {
  let to = search.to ?? dayAt(now, zone)
  let from = search.from ?? addDays(to, 1 - (search.days ?? 30))
  if (from > to) [from, to] = [to, from]
  const since = startOfDay(from, zone)
  const end = startOfDay(addDays(to, 1), zone)
  // A day that is not over ends with this hour: what has not happened yet must not make this period look worse than the
  // one before, which is as long.
  const soon = new Date(Math.ceil((now.getTime() + 1) / hour) * hour).toISOString()
  return { from, to, since, until: since < soon && soon < end ? soon : end, days: daysFrom(from, to) }
}
