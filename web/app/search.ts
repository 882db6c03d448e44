/** Reading the search part of an address: what does not fit is left out, so that no address breaks a page. */
type Search = Record<string, unknown>

export const text = (search: Search, name: string, most = 1000): string | undefined => {
  const value = search[name]
  // The router reads ?q=42 as a number.
  return value === undefined || value === null || value === '' || typeof value === 'object'
    ? undefined
    : String(value).slice(0, most)
}

export const whole = (search: Search, name: string): number | undefined => {
  const value = Number(search[name] ?? Number.NaN)
  return Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31 ? value : undefined
}

export const oneOf = <const Value extends string>(
  search: Search,
  name: string,
  values: readonly Value[],
): Value | undefined => values.find((value) => value === search[name])

/** An ISO day such as 2026-11-24. */
export const day = (search: Search, name: string): string | undefined => {
  const value = text(search, name, 10)
  return value !== undefined && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined
}

/** A moment, ISO 8601. */
export const moment = (search: Search, name: string): string | undefined => {
  const value = text(search, name, 40)
  return value !== undefined && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined
}
