import '@mantine/core/styles.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
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

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && (error as ApiError).retryable === true,
      retryDelay: (attempt) => Math.min(8000, 500 * 2 ** attempt),
    },
  },
})
const router = makeRouter(queryClient)

// A server that was updated no longer has the old pages' files.
window.addEventListener('vite:preloadError', () => location.reload())

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
