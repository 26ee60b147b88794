import type { AlertSink } from '../alerts/alert-sink.ts'
import type { QuietHours } from '../alerts/quiet-hours.ts'
import type { Clock, Logger, Metrics, ObjectStore, Sleep } from '../kernel/ports.ts'

/** What alerts stand on. */
export interface AlertDeps {
  objects: ObjectStore
  /** Channels that there are here; each has a name of its own. */
  sinks: readonly AlertSink[]
  quiet: QuietHours | undefined
  clock: Clock
  sleep: Sleep
  logger: Logger
  metrics: Metrics
}

/** One delivery as a row of the day's table. */
export interface AlertRow {
  messageId: string
  /** When what it tells of happened, and when the message was made, in milliseconds. */
  atMs: number
  createdMs: number
  settledMs: number
  rule: string
  key: string
  kind: string
  severity: string
  title: string
  text: string
  channel: string
  /** `sent` or `lost`. */
  outcome: string
  attempts: number
  cause: string | null
}

/** Writes rows as bytes of a table. */
export interface AlertTable {
  encode(rows: readonly AlertRow[]): Uint8Array
}
