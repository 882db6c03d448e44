/** Which time is looked at: days of the user's time zone, and the time before it that it is compared with. */
import dayjs from 'dayjs'
import timezonePlugin from 'dayjs/plugin/timezone.js'
import utc from 'dayjs/plugin/utc.js'
import type { InsightsSearch } from './route.ts'

dayjs.extend(utc)
dayjs.extend(timezonePlugin)

export interface Period {
  /** The first and the last day, both included. */
  from: string
  to: string
  /** Moments: since is included, until is not. */
  since: string
  until: string
  days: number
}

const form = 'YYYY-MM-DD'
const start = (day: string, zone: string) => dayjs.tz(`${day} 00:00`, zone)
export const addDays = (day: string, count: number) => dayjs.utc(day).add(count, 'day').format(form)
const daysFrom = (from: string, to: string) => dayjs.utc(to).diff(dayjs.utc(from), 'day') + 1

export function periodOf(search: InsightsSearch, zone: string, now = new Date()): Period {
  const today = dayjs(now).tz(zone).format(form)
  let to = search.to ?? today
  let from = search.from ?? addDays(to, 1 - (search.days ?? 30))
  if (from > to) [from, to] = [to, from]
  // A day that is not over ends with this hour: what has not happened yet must not make this period look worse than the
  // one before, which is as long.
  const hour = dayjs(now).tz(zone).startOf('hour').add(1, 'hour')
  const end = start(addDays(to, 1), zone)
  const until = end.isAfter(hour) && start(to, zone).isBefore(hour) ? hour : end
  return {
    from,
    to,
    since: start(from, zone).toISOString(),
    until: until.toISOString(),
    days: daysFrom(from, to),
  }
}
