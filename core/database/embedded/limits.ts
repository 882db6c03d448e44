/** What one embedded database grants its clients. Every bound exists because one session serves them all. */
export interface GatewayLimits {
  /** Connections at once, also those not yet authenticated. More are refused with 53300. */
  maxConnections: number
  /** Largest single protocol message, so the largest parameter or statement. Larger ones close the connection (54000). */
  maxMessageBytes: number
  /** Largest request: everything up to Sync, or the data of one COPY. */
  maxRequestBytes: number
  /** Requests of all connections waiting for the session. More are refused with 53400. */
  maxQueuedRequests: number
  /** Requests one connection may have waiting before its socket is no longer read. */
  maxPendingRequests: number
  /** Bytes one connection may have waiting before its socket is no longer read. */
  maxPendingBytes: number
  /** Output kept for a client that does not read. What exceeds it is dropped and the client is disconnected (54000). */
  maxOutputBytes: number
  /** No further request of a client is run while more than this waits to be read by it. */
  outputHighWater: number
  /** How long a client may leave output above the high water mark unread, in ms. */
  drainTimeout: number
  /** How long a client may hold the session without using it, in ms: rolled back, 25P03, disconnected. */
  idleInTransactionTimeout: number
  /** How long a request may wait for a transaction of another client, in ms: 55P03. */
  lockTimeout: number
  /** How long a new connection may take to authenticate, in ms. */
  authenticationTimeout: number
  /** How long close() waits for what is running, in ms. */
  closeTimeout: number
  /** Write-ahead log that may pile up before a checkpoint is made; it bounds the disk used and the time to recover. */
  checkpointBytes: number
  /** How often to see whether a checkpoint is due, in ms. */
  checkpointEvery: number
  /** How often to look for tables to vacuum and analyze when nothing else is to be done, in ms. */
  vacuumEvery: number
  /** Free disk below which the database does not start. */
  minFreeBytes: number
}

const MB = 1024 * 1024

export const defaultLimits: GatewayLimits = {
  maxConnections: 100,
  maxMessageBytes: 64 * MB,
  maxRequestBytes: 256 * MB,
  maxQueuedRequests: 2000,
  maxPendingRequests: 32,
  maxPendingBytes: 4 * MB,
  maxOutputBytes: 256 * MB,
  outputHighWater: MB,
  drainTimeout: 60_000,
  idleInTransactionTimeout: 30_000,
  lockTimeout: 60_000,
  authenticationTimeout: 10_000,
  closeTimeout: 5_000,
  checkpointBytes: 64 * MB,
  checkpointEvery: 5_000,
  vacuumEvery: 60_000,
  minFreeBytes: 64 * MB,
}
