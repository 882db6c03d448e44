/** What the owner and the database's thread say to each other. */
import type { GatewayLimits } from './limits.ts'

export interface ThreadOptions {
  pgdata: string
  loadDataDir?: Uint8Array | undefined
  port: number
  password: string
  limits: GatewayLimits
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type ToThread = { type: 'close' } | { type: 'dump'; id: number }

export type FromThread =
  | { type: 'ready'; port: number }
  | { type: 'log'; level: LogLevel; message: string; details?: Record<string, unknown> | undefined }
  | { type: 'dumped'; id: number; bytes: Uint8Array }
  | { type: 'dumpFailed'; id: number; message: string }
  | { type: 'closed' }
  | { type: 'failed'; message: string; code?: string | undefined }
