import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { LakeFile } from '../../shared/lake/file.ts'
import type { PartitionKey } from '../../shared/lake/layout.ts'
import { byMonthAndSport, partitionFolder, partitionId, runPrefix } from '../../shared/lake/layout.ts'
import type { LedgerSlice } from '../../shared/quality/slice.ts'
import { sliceBets } from '../../shared/quality/slice.ts'
import type { LakeBase, LakeDraft, LakeStore, Merged, StagedVersion } from '../../shared/usecases/lake-ports.ts'

/** A row of a key file: the newest version of an id, and where its bet stands; null where it is deleted. */
interface Key {
  id: string
  updatedAtUs: number
  place: PartitionKey | null
}

/** A row of the processed layer. */
interface Row {
  bet: Bet
  updatedAtUs: number
}

/** Versions without those that no bet could be made of. */
type SoundVersion = Pick<StagedVersion, 'id' | 'updatedAtUs' | 'bet'>

/** Few, so that a reader meets more than one page. */
const PAGE_ROWS = 3

/**
 * A lake of JSON lines in an object store, under the keys that DuckDB's Parquet would have: the twin of the real one,
 * which a contract suite keeps like it. Its key file is a single one, written whole each time.
 */
export function memoryLakeStore(objects: ObjectStore): LakeStore {
  const rowsOf = async (files: readonly LakeFile[]) =>
    (await Promise.all(files.map((file) => readRows(objects, file)))).flat()
  return {
    draft: async (runId) => createDraft(objects, runId),
    async readBets(files) {
      return (await rowsOf(files)).map(({ bet }) => bet).sort(byPlacement)
    },
    async *readRaw(file) {
      yield* pagesOf((await readLines<StagedVersion>(objects, file)).map((version) => ({ ...version, bet: null })))
    },
    async *readKeys(files) {
      const keys = await readKeys(objects, files)
      const present = [...keys.values()].filter(({ place }) => place !== null)
      yield* pagesOf(present.map(({ id, updatedAtUs }) => ({ id, updatedAtUs })))
    },
  }
}

function createDraft(objects: ObjectStore, runId: string): LakeDraft {
  const all: StagedVersion[] = []
  let unwritten: StagedVersion[] = []
  let rawParts = 0
  let merged = new Map<string, Row[]>()
  const write = (name: string, lines: readonly unknown[]) => writeLines(objects, `${runPrefix(runId)}${name}`, lines)

  return {
    async stage(versions) {
      const copies = versions.map(asInUtf8)
      all.push(...copies)
      unwritten.push(...copies)
    },
    async writeRaw() {
      const lines = unwritten.map(({ id, updatedAtUs, record }) => ({ id, updatedAtUs, record }))
      unwritten = []
      return lines.length === 0 ? undefined : write(`raw/part-${rawParts++}.parquet`, lines)
    },
    async discardRaw() {
      unwritten = []
    },
    async merge(base, rewriteAll) {
      const result = await mergeVersions(objects, base, all, rewriteAll)
      merged = result.rows
      const keys = result.keys === undefined ? [...base.keys] : [await write('keys/part-0.parquet', result.keys)]
      return { ...result.merged, keys }
    },
    async writePartition(partition) {
      const rows = merged.get(partitionId(partition)) ?? []
      const number = [...merged.keys()].indexOf(partitionId(partition))
      const file = await write(`processed/${await partitionFolder(partition)}/part-${number}.parquet`, rows)
      return { file, slice: sliceBets(rows)[0] as LedgerSlice }
    },
    uploaded: async () => {},
    close: async () => {},
  }
}

async function mergeVersions(
  objects: ObjectStore,
  base: LakeBase,
  staged: readonly StagedVersion[],
  rewriteAll: boolean,
): Promise<{ merged: Omit<Merged, 'keys'>; keys: Key[] | undefined; rows: Map<string, Row[]> }> {
  const sound = staged.filter(({ record, bet }) => record === null || bet !== null)
  const newest = newestOfEach(sound)
  const keys = await readKeys(objects, base.keys)
  const counts = {
    ...{ received: staged.length, refused: staged.length - sound.length, superseded: sound.length - newest.length },
    ...{ inserted: 0, updated: 0, deleted: 0, repeated: 0, outdated: 0 },
  }
  const accepted: SoundVersion[] = []
  const touched = new Map<string, PartitionKey>()
  for (const version of newest) {
    const known = keys.get(version.id)
    const isRestored = rewriteAll && known?.place === null && version.bet !== null
    const ageUs = isRestored ? 1 : version.updatedAtUs - (known?.updatedAtUs ?? Number.NEGATIVE_INFINITY)
    if (ageUs < 0) counts.outdated++
    else if (ageUs === 0) counts.repeated++
    else if (version.bet === null && (known === undefined || known.place === null)) counts.repeated++
    else if (version.bet === null) counts.deleted++
    else if (known === undefined || known.place === null) counts.inserted++
    else counts.updated++
    if (!(ageUs > 0 || (ageUs === 0 && rewriteAll))) continue
    accepted.push(version)
    const place = version.bet === null ? null : placeOf(version.bet)
    for (const each of [place, known?.place ?? null]) if (each !== null) touched.set(partitionId(each), each)
    keys.set(version.id, { id: version.id, updatedAtUs: version.updatedAtUs, place })
  }
  const rows = await rowsOfPartitions(objects, base, accepted, [...touched.values()])
  const previousOf = (partition: PartitionKey) =>
    base.partitions.find((each) => partitionId(each) === partitionId(partition))?.file.key ?? null
  const changed = [...touched.values()].sort(byMonthAndSport).map((partition) => ({
    ...{ sport: partition.sport, month: partition.month, previous: previousOf(partition) },
    rows: rows.get(partitionId(partition))?.length ?? 0,
  }))
  const inOrder = [...keys.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    merged: { counts, conflicting: conflictsIn(sound), changed },
    keys: accepted.length === 0 ? undefined : inOrder,
    rows,
  }
}

/** A copy as a file gives it back: what has no place in UTF-8 is lost. */
function asInUtf8<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? each.toWellFormed() : each))
}

/** The newest version of each id; of several of one time, the greatest text. */
function newestOfEach(versions: readonly SoundVersion[]): SoundVersion[] {
  const newest = new Map<string, SoundVersion>()
  for (const version of versions) {
    const other = newest.get(version.id)
    const isNewer = other === undefined || version.updatedAtUs > other.updatedAtUs
    const isGreater = version.updatedAtUs === other?.updatedAtUs && textOf(version) > textOf(other)
    if (isNewer || isGreater) newest.set(version.id, version)
  }
  return [...newest.values()]
}

function conflictsIn(versions: readonly SoundVersion[]): Merged['conflicting'] {
  const contents = new Map<string, Set<string>>()
  for (const version of versions) {
    const key = JSON.stringify([version.id, version.updatedAtUs])
    contents.set(key, (contents.get(key) ?? new Set()).add(textOf(version)))
  }
  const conflicts = [...contents].filter(([, { size }]) => size > 1)
  return conflicts.map(([key, { size }]) => ({ id: JSON.parse(key)[0] as string, versions: size }))
}

function textOf({ bet }: SoundVersion): string {
  return JSON.stringify(bet)
}

/** Rows that touched partitions have now, by {@link partitionId} and in order of placement. */
async function rowsOfPartitions(
  objects: ObjectStore,
  base: LakeBase,
  accepted: readonly SoundVersion[],
  touched: readonly PartitionKey[],
): Promise<Map<string, Row[]>> {
  const isReplaced = new Set(accepted.map(({ id }) => id))
  const added = accepted.flatMap(({ bet, updatedAtUs }) => (bet === null ? [] : [{ bet, updatedAtUs }]))
  const rows = new Map<string, Row[]>()
  for (const partition of touched) {
    const key = partitionId(partition)
    const before = base.partitions.find((each) => partitionId(each) === key)
    const stored = before === undefined ? [] : await readRows(objects, before.file)
    const kept = stored.filter(({ bet }) => !isReplaced.has(bet.id))
    const own = added.filter(({ bet }) => partitionId(placeOf(bet)) === key)
    rows.set(
      key,
      [...kept, ...own].sort((a, b) => byPlacement(a.bet, b.bet)),
    )
  }
  return rows
}

function placeOf({ sport, placedAtMs }: Bet): PartitionKey {
  return { sport, month: new Date(placedAtMs).toISOString().slice(0, 7) }
}

/** Rows of a processed file; one from before results had times of their own tells none. */
async function readRows(objects: ObjectStore, file: LakeFile): Promise<Row[]> {
  const rows = await readLines<Row>(objects, file)
  return rows.map((row) => ({ ...row, bet: { ...row.bet, resultKnownAtMs: row.bet.resultKnownAtMs ?? null } }))
}

async function readKeys(objects: ObjectStore, files: readonly LakeFile[]): Promise<Map<string, Key>> {
  const keys = new Map<string, Key>()
  for (const file of files) {
    for (const key of await readLines<Key>(objects, file)) {
      if (!(key.updatedAtUs < (keys.get(key.id)?.updatedAtUs ?? 0))) keys.set(key.id, key)
    }
  }
  return keys
}

async function writeLines(objects: ObjectStore, key: string, lines: readonly unknown[]): Promise<LakeFile> {
  const body = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await objects.put(key, body)
  return { key, rows: lines.length, bytes: body.length, sha256: await sha256Hex(body) }
}

/** @throws {UpstreamError} where the file is gone or has other bytes than were written */
async function readLines<T>(objects: ObjectStore, { key, sha256 }: LakeFile): Promise<T[]> {
  const body = await objects.get(key)
  if (body === undefined || (await sha256Hex(body)) !== sha256) {
    throw new UpstreamError('lake', `${key} is damaged or not there`, { retryable: false })
  }
  const lines = new TextDecoder().decode(body).split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as T)
}

function* pagesOf<T>(items: readonly T[]): Generator<T[], void> {
  for (let begin = 0; begin < items.length; begin += PAGE_ROWS) yield items.slice(begin, begin + PAGE_ROWS)
}
