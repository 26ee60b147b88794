/** Ports that every layer may ask for. Time and chance are arguments, so nothing below an entry point has a hidden clock. */

/** Tells the present instant in milliseconds since the Unix epoch. */
export type Clock = () => number

/** Structured log lines: an event name in past tense and the fields that explain it. Never a secret. */
export interface Logger {
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  error(event: string, fields?: Record<string, unknown>): void
}

/** One long piece of work that a person may be waiting for. */
export interface ProgressTask {
  advance(done: number): void
  finish(note?: string): void
}

/** Shows long work. `total` is in the unit of `advance`; undefined where it is not known beforehand. */
export interface Progress {
  start(label: string, total?: number): ProgressTask
}

/** Progress that nobody watches. */
export const silentProgress: Progress = {
  start: () => ({ advance: () => {}, finish: () => {} }),
}

/** Named blobs: a folder on one machine, a bucket on AWS. */
export interface ObjectStore {
  /** The object's bytes, or undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Replaces the object as a whole: a reader sees the old bytes or the new ones, never a mixture. */
  put(key: string, body: Uint8Array | string): Promise<void>
  /** Keys that begin with `prefix`, in ascending order. */
  list(prefix: string): Promise<string[]>
}
