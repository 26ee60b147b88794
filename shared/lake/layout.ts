import { sha256Hex } from '../kernel/digest.ts'

/**
 * Where the lake keeps what:
 *
 *     lake/states/00000042.json        the 42nd state: which files make it up; written once
 *     lake/current.json                the newest state's number, a hint for readers; written last
 *     lake/unfinished/RUN.json         what a run that has not published yet has made durable
 *     lake/outbox/RUN.json             events to be published once the run's state stands
 *     lake/runs/RUN/manifest.json      lineage of the run
 *     lake/runs/RUN/raw/part-0.parquet                                  what the source said, as it said it
 *     lake/runs/RUN/processed/sport=…/month=…/part-N.parquet            one file a partition
 *     lake/runs/RUN/keys/part-0.parquet                                 newest version and partition of each id
 *     lake/runs/RUN/features/ID/month=…/part-0.parquet                  features of the month's bets as of their placement
 *     lake/runs/RUN/features/ID/month=…/{record.json,state.bin}         what it adds to the record; what is known after it
 *     lake/runs/RUN/features/ID/selections.json                         what was bet on, for the record
 *     lake/runs/RUN/features/ID/TABLE.parquet                           tables for people, made from the features
 *     lake/runs/RUN/findings.ndjson                                     anomalies in the partitions it wrote
 */
export const CURRENT_KEY = 'lake/current.json'
export const STATES_PREFIX = 'lake/states/'
export const UNFINISHED_PREFIX = 'lake/unfinished/'
export const OUTBOX_PREFIX = 'lake/outbox/'
const RUNS_PREFIX = 'lake/runs/'

/** Key of the state with this number; in order of their text as in that of their numbers. */
export function stateKey(sequence: number): string {
  return `${STATES_PREFIX}${String(sequence).padStart(8, '0')}.json`
}

/** Everything that a run writes lies below this. */
export function runPrefix(runId: string): string {
  return `${RUNS_PREFIX}${runId}/`
}

export function manifestKey(runId: string): string {
  return `${runPrefix(runId)}manifest.json`
}

export function findingsKey(runId: string): string {
  return `${runPrefix(runId)}findings.ndjson`
}

/** Folder of what one materialization makes of a run's bets, ending with a slash. */
export function featuresFolder(runId: string, makingId: string): string {
  return `${runPrefix(runId)}features/${makingId}/`
}

/** Features of the bets placed in a month. */
export function featureMonthKey(folder: string, month: string): string {
  return `${folder}month=${month}/part-0.parquet`
}

/** A table for people. */
export function featureTableKey(folder: string, table: string): string {
  return `${folder}${table}.parquet`
}

/** The run that wrote a file of the lake; undefined for a key that is not below a run. */
export function runIdOf(key: string): string | undefined {
  if (!key.startsWith(RUNS_PREFIX)) return undefined
  const runId = key.slice(RUNS_PREFIX.length).split('/')[0]
  return runId === '' ? undefined : runId
}

/** One cell of the processed layer: bets of a sport (null: the source names none) placed in a month of UTC. */
export interface PartitionKey {
  sport: string | null
  /** `YYYY-MM`. */
  month: string
}

/** Name that Hive, DuckDB, Arrow and Athena read as null. */
const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__'

/** A folder's name may have 255 bytes: a longer sport is known by the beginning of its hash. */
const LONGEST_FOLDER = 200
const SHORTENED = 60

/**
 * Folder of a partition below `processed/`, as Hive spells it: URL-safe, null explicit.
 *
 * @example await partitionFolder({ sport: 'American Football', month: '2025-03' }) // 'sport=American%20Football/month=2025-03'
 */
export async function partitionFolder({ sport, month }: PartitionKey): Promise<string> {
  return `sport=${sport === null ? NULL_FOLDER : await folderName(sport)}/month=${month}`
}

async function folderName(sport: string): Promise<string> {
  // A sport that bears Hive's name for null must not become null.
  const name = inUrl(sport).replace(/^__HIVE/, '%5F_HIVE')
  if (name.length <= LONGEST_FOLDER && sport.isWellFormed()) return name
  return `${beginningOf(sport)}~${(await sha256Hex(JSON.stringify(sport))).slice(0, 16)}`
}

/** As many of the first characters as have room, each whole: readers decode the name. */
function beginningOf(sport: string): string {
  let name = ''
  for (const character of sport) {
    const next = name + inUrl(character)
    if (next.length > SHORTENED) break
    name = next
  }
  return name
}

function inUrl(text: string): string {
  // Half a surrogate pair cannot be encoded.
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*~]/g, percent)
}

/** Marks that a URL bears as they are, but a pattern of file names or our own shortening does not. */
function percent(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Text that tells two partitions apart, null and all. */
export function partitionId({ sport, month }: PartitionKey): string {
  return JSON.stringify([month, sport])
}

/** Order of partitions: by month, then sport, null first. */
export function byMonthAndSport(a: PartitionKey, b: PartitionKey): number {
  if (a.month !== b.month) return a.month < b.month ? -1 : 1
  if (a.sport === b.sport) return 0
  if (a.sport === null || b.sport === null) return a.sport === null ? -1 : 1
  return a.sport < b.sport ? -1 : 1
}
