/** Date pickers know no time zones: to them a moment is its wall clock in the reader's zone. */
import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone.js'
import utc from 'dayjs/plugin/utc.js'

dayjs.extend(utc)
dayjs.extend(timezone)

export const toWallClock = (at: string, zone: string) => dayjs(at).tz(zone).format('YYYY-MM-DD HH:mm:ss')
export const fromWallClock = (clock: string, zone: string) => dayjs.tz(clock, zone).toISOString()
