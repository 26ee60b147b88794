/** Ports that every layer may ask for. Time and chance are arguments, so nothing below an entry point has a hidden clock. */

/** Tells the present instant in milliseconds since the Unix epoch. */
export type Clock = () => number

/** Waits; an argument as time is, so that tests of waiting take none. */
export type Sleep = (ms: number) => Promise<void>

/** Structured log lines: an event name in past tense and the fields that explain it. Never a secret. */
export interface Logger {
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  error(event: string, fields?: Record<string, unknown>): void
}

/** One long piece of work that a person may be waiting for. */
export interface ProgressTask {
  /** @param note  a word on how the work stands */
  advance(done: number, note?: string): void
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
  /**
   * Replaces the object as a whole: a reader sees the old bytes or the new ones, never a mixture. Once it has resolved, the
   * caller may write other things to the memory of `body`.
   */
  put(key: string, body: Uint8Array | string): Promise<void>
  /** Creates the object; false where one stands already, which stays as it is. Of several at once, one gets true. */
  putNew(key: string, body: Uint8Array | string): Promise<boolean>
  /** Keys that begin with `prefix`, in ascending order. */
  list(prefix: string): Promise<string[]>
  /** Removes objects; keys that have none are no error. */
  remove(keys: readonly string[]): Promise<void>
}

/** An object with a tag that changes whenever its bytes do. */
export interface TaggedObject {
  body: Uint8Array
  tag: string
}

/** Reads objects that seldom change: what is known already is not sent again. */
export interface TaggedReader {
  /** The object; `unchanged` where its tag is the one known, undefined where there is none. */
  getTagged(key: string, knownTag?: string): Promise<TaggedObject | 'unchanged' | undefined>
}

/** Units of a metric, in CloudWatch's words. */
export type MetricUnit = 'Count' | 'Percent' | 'Seconds' | 'Bytes' | 'Milliseconds' | 'None'

/** Numbers watched over time. */
export interface Metrics {
  /**
   * Records one value of a metric; a value that is not finite is not recorded.
   *
   * @param dimensions  names and values that tell this series from others of the name: few different ones, and never
   *                    an id, for each combination is a metric of its own; values in printable ASCII
   * @throws {InvariantError} where a dimension has no such value
   */
  record(name: string, value: number, unit: MetricUnit, dimensions?: Readonly<Record<string, string>>): void
}

/** Metrics as a page of text that a monitor fetches. */
export interface MetricsPage {
  /**
   * The page, in Prometheus' text format, version 0.0.4.
   *
   * @throws {UpstreamError} where the numbers are kept elsewhere and could never be read
   */
  page(): Promise<string>
}
