import type { Bet } from '../bets/bet.ts'
import type { BetRecord } from '../bets/records/record.ts'
import type { LakeFile } from '../lake/file.ts'
import type { PartitionKey } from '../lake/layout.ts'
import type { LedgerSlice } from '../quality/slice.ts'

/** A version of a bet on its way into the lake. */
export interface StagedVersion {
  id: string
  updatedAtUs: number
  /** As the source said it; null for a deletion. */
  record: BetRecord | null
  /** Null where the record was refused, or the bet deleted. */
  bet: Bet | null
}

/** The part of a state that a merge builds on. */
export interface LakeBase {
  partitions: readonly (PartitionKey & { file: LakeFile })[]
  keys: readonly LakeFile[]
}

/** What became of the versions staged: received = inserted + updated + deleted + repeated + outdated + superseded + refused. */
export interface MergeCounts {
  received: number
  /** Bets that the lake did not have. */
  inserted: number
  /** Bets whose newer version replaced the one before. */
  updated: number
  /** Bets that the lake had and their source has deleted. */
  deleted: number
  /** Versions that the lake had already, and deletions of bets that it never had. */
  repeated: number
  /** Versions older than what the lake had. */
  outdated: number
  /** Versions with a newer one of the same bet in the same run. */
  superseded: number
  /** Versions that no bet could be made of; they stay in the raw layer and in quarantine. */
  refused: number
}

/** What a merge made ready to be written. */
export interface Merged {
  counts: MergeCounts
  /** Ids with one version time and several contents: the source broke its promise. */
  conflicting: { id: string; versions: number }[]
  /** Partitions whose rows changed, by month and sport; those without rows any more have none. */
  changed: (PartitionKey & { rows: number; previous: string | null })[]
  /** Key files of the new state. */
  keys: LakeFile[]
}

/** One run's work in the lake, on this machine's disk until each file is whole and uploaded. */
export interface LakeDraft {
  /** Takes versions in. */
  stage(versions: readonly StagedVersion[]): Promise<void>
  /**
   * Writes what was staged since the last call as one raw file; undefined where nothing was. What is staged after the
   * call, though before its end, belongs to the next one.
   */
  writeRaw(): Promise<LakeFile | undefined>
  /** Lets go of what was staged since the last raw file, since one holds it already. */
  discardRaw(): Promise<void>
  /**
   * Joins what was staged with the base: the newest version of each id wins, in whatever order versions came.
   *
   * @param rewriteAll  writes every partition anew, also where the lake had the same version
   */
  merge(base: LakeBase, rewriteAll: boolean): Promise<Merged>
  /** Writes one changed partition and shows its rows for judging; its file may still be on its way. */
  writePartition(partition: PartitionKey): Promise<{ file: LakeFile; slice: LedgerSlice }>
  /** Waits until every file written so far is where it belongs. @throws what an upload failed of */
  uploaded(): Promise<void>
  close(): Promise<void>
}

/** Reads and writes the lake's Parquet. */
export interface LakeStore {
  /** Begins a run's work. */
  draft(runId: string): Promise<LakeDraft>
  /** The bets of processed files, in order of placement. */
  readBets(files: readonly LakeFile[]): Promise<Bet[]>
  /** The versions of a raw file in the order in which they were staged, a page at a time; `bet` is null. */
  readRaw(file: LakeFile): AsyncGenerator<StagedVersion[], void>
  /** The ids in key files that are not deleted, with their newest version. */
  readKeys(files: readonly LakeFile[]): AsyncGenerator<{ id: string; updatedAtUs: number }[], void>
}
