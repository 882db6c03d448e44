/** Who is logged in, and what they may do. */
import { queryOptions, useQuery } from '@tanstack/react-query'

export type Role = 'anonymous' | 'customer' | 'agent' | 'reviewer' | 'admin' | 'auditor' | 'worker'

export interface Session {
  role: Role
  user: { id: number; email: string; name: string } | null
  /** This login's id: of all logins, the one that is looked through. */
  session: string | null
  /** Whether this server is for developing: GraphiQL is there. */
  development: boolean
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Session> => {
    const response = await fetch('/auth/me', { signal, headers: { accept: 'application/json' } })
    if (!response.ok) throw new Error(`The server says ${response.status}.`)
    return (await response.json()) as Session
  },
})

const ranks: Role[] = ['anonymous', 'customer', 'agent', 'reviewer', 'admin']

/** Roles inherit: what an agent may, a reviewer and an admin may too. An auditor reads everything and writes nothing. */
export const has = (role: Role, needed: 'agent' | 'reviewer' | 'admin') =>
  ranks.indexOf(role) >= ranks.indexOf(needed)

export const isStaff = (role: Role) => has(role, 'agent') || role === 'auditor'

/** The session; only inside the shell, which waits for it. */
export function useSession() {
  const { data } = useQuery(sessionQuery)
  const session = data ?? { role: 'anonymous' as const, user: null, session: null, development: false }
  return {
    ...session,
    /** Whether to offer it; the server decides. */
    can: (needed: 'agent' | 'reviewer' | 'admin') => has(session.role, needed),
  }
}

export const loginUrl = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`

export async function logOut() {
  await fetch('/auth/logout', { method: 'POST', headers: { accept: 'application/json' } })
  location.assign('/login')
}
