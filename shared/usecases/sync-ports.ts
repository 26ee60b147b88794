import type { BetRecord } from '../bets/records/record.ts'
import type { ChangePosition } from '../lake/state.ts'

/** One row of a source as it stands there. */
export interface SourceRecord {
  id: string
  /** Change time as the source writes it, for queries, and in microseconds, for comparing. */
  updatedAt: string
  updatedAtUs: number
  record: BetRecord
}

/** A row that its source has deleted. */
export type SourceDeletion = Omit<SourceRecord, 'record'>

/** Which records a read is about: those after a position, or those changed at an instant or later; of one sport or all. */
export interface ChangeWindow {
  after: ChangePosition | null
  /** Overrides `after`: everything changed at this instant or later, position or not. */
  sinceMs: number | null
  sport: string | null
}

/** A table of bets that tells what has changed in it, page by page, in order of change time and then id. */
export interface ChangeSource {
  /** Name in the lake's state and in lineage: changing it begins anew. */
  readonly name: string
  /** Records of the window, exactly; up to and including a position where one is given. */
  count(window: ChangeWindow, upTo?: ChangePosition): Promise<number>
  /** The next records of the window after a position; none only where there are no more. */
  page(window: ChangeWindow, after: ChangePosition | null): Promise<SourceRecord[]>
  /** Deletions in the same manner; undefined where the source keeps none. */
  deletions?(window: ChangeWindow, after: ChangePosition | null): Promise<SourceDeletion[]>
  /** Ids after an id, in the source's own order, for reconciling; none only where there are no more. */
  ids(after: string | null): Promise<string[]>
}
