/** What the database tells as it happens: subscriptions over one WebSocket, opened when first needed. */

import type { Client } from 'graphql-ws'
import { useEffect, useRef } from 'react'

export type Topic = 'queueChanged' | 'ticketsChanged'

export interface RowEvent {
  id: number
  event: string
}

let connection: Promise<Client> | undefined

const connect = () =>
  (connection ??= import('graphql-ws').then(({ createClient }) =>
    createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      retryAttempts: Number.POSITIVE_INFINITY,
      // A server that restarts must not be met by everybody at once.
      retryWait: (attempt) =>
        new Promise((resolve) =>
          setTimeout(resolve, Math.min(30_000, 500 * 2 ** attempt) * (0.5 + Math.random())),
        ),
      shouldRetry: () => true,
      keepAlive: 15_000,
    }),
  ))

/** Runs `onEvent` at each event, and `onReconnect` after a gap: what happened in it was not told. */
export function useLive(topic: Topic, onEvent: (event: RowEvent) => void, onReconnect?: () => void) {
  const handlers = useRef({ onEvent, onReconnect })
  handlers.current = { onEvent, onReconnect }
  useEffect(() => {
    let stop = () => {}
    let ended = false
    let lost = false
    void connect().then((client) => {
      if (ended) return
      const offClosed = client.on('closed', () => {
        lost = true
      })
      const offConnected = client.on('connected', () => {
        if (lost) handlers.current.onReconnect?.()
        lost = false
      })
      const end = client.subscribe<Record<Topic, RowEvent | null>>(
        { query: `subscription { ${topic} { id event } }` },
        {
          next: ({ data }) => {
            const event = data?.[topic]
            if (event) handlers.current.onEvent(event)
          },
          error: () => {},
          complete: () => {},
        },
      )
      stop = () => {
        offClosed()
        offConnected()
        end()
      }
    })
    return () => {
      ended = true
      stop()
    }
  }, [topic])
}
