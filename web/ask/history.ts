/** What was asked and searched in this tab, newest first, with the answers that were given. */
import { store } from '../components/late.tsx'
import type { Answer } from './data.ts'
import type { AskSearch } from './route.ts'

export interface Asked extends AskSearch {
  id: string
  when: string
  answer?: Answer
}

const key = 'clubos.asked'
const most = 30

const read = (): Asked[] => {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '[]') as Asked[]
  } catch {
    return []
  }
}

export const asked = store<Asked[]>(read())

function write(entries: Asked[]) {
  asked.set(entries)
  try {
    sessionStorage.setItem(key, JSON.stringify(entries))
  } catch {
    // No storage, or full: it lasts as long as the page.
  }
}

const same = (one: AskSearch, other: AskSearch) =>
  one.q === other.q && one.category === other.category && one.site === other.site && one.at === other.at

/** The same search twice is one entry. */
export function remember(search: AskSearch, answer?: Answer): Asked {
  const entry: Asked = {
    ...search,
    id: crypto.randomUUID(),
    when: new Date().toISOString(),
    ...(answer && { answer }),
  }
  const others = answer ? asked.get() : asked.get().filter((one) => one.answer || !same(one, search))
  write([entry, ...others].slice(0, most))
  return entry
}

export const forgetAll = () => write([])
