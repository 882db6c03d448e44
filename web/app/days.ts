/** Days of a time zone as moments. */
import dayjs from 'dayjs'
import timezonePlugin from 'dayjs/plugin/timezone.js'
import utc from 'dayjs/plugin/utc.js'

dayjs.extend(utc)
dayjs.extend(timezonePlugin)

const form = 'YYYY-MM-DD'

/** When a day such as 2026-11-24 begins there. */
export const startOfDay = (day: string, zone: string) => dayjs.tz(`${day} 00:00`, zone).toISOString()

export const dayAt = (at: Date, zone: string) => dayjs(at).tz(zone).format(form)

export const addDays = (day: string, count: number) => dayjs.utc(day).add(count, 'day').format(form)

/** Both included. */
export const daysFrom = (from: string, to: string) => dayjs.utc(to).diff(dayjs.utc(from), 'day') + 1
