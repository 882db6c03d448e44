import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { ApiError } from '../graphql/client.ts'
import { startTexts } from '../i18n/index.ts'
import { nonce } from './nonce.ts'
import { makeRouter } from './router.tsx'
import { sessionQuery } from './session.ts'
import { cssVariables, theme } from './theme.ts'

setNonce(nonce)

/** What was refused may be so because the session has ended: then the shell says that. */
const askWhoIsThere = (error: Error) => {
  if (['CO401', 'CO403'].includes((error as ApiError).code))
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
}

/** A change may have altered what other pages said a moment ago: they read it anew when they are shown again. */
const doubtTheRest = () => void queryClient.invalidateQueries({ type: 'inactive', refetchType: 'none' })

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: askWhoIsThere }),
  mutationCache: new MutationCache({
    onSuccess: doubtTheRest,
    // No reply is no proof that nothing was done.
    onError: (error) => {
      doubtTheRest()
      askWhoIsThere(error)
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && (error as ApiError).retryable === true,
      retryDelay: (attempt) => Math.min(8000, 500 * 2 ** attempt),
    },
  },
})
const router = makeRouter(queryClient)

// A server that was updated no longer has the old pages' files. Once a minute at most: it may have another reason.
window.addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('clubos.reloaded') ?? 0)
  if (!navigator.onLine || Date.now() - last < 60_000) return
  sessionStorage.setItem('clubos.reloaded', String(Date.now()))
  location.reload()
})

// In parallel: neither needs the other.
await Promise.all([startTexts(), queryClient.prefetchQuery(sessionQuery)])

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js')
