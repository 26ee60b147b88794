import { sha256Hex } from '../kernel/digest.ts'
import type { FeatureLayerState, FeatureMonthFiles } from '../lake/feature-layer.ts'
import type { LakeFile } from '../lake/file.ts'
import type { LakeState } from '../lake/state.ts'
import { SUMMARY_REVISION } from '../performance/month-summary.ts'

/** One month of the processed layer. */
export interface SourceMonth {
  month: string
  files: LakeFile[]
  rows: number
  /** Hash over its files. */
  sourceSha256: string
}

/** Which months are made anew, and what they build on. */
export interface MonthPlan {
  /** Months before the first change: their files stay. */
  kept: FeatureMonthFiles[]
  /** State to begin with; null: the one before every bet. */
  begin: LakeFile | null
  /** Months after that state whose features stay: they are only passed through. */
  passed: SourceMonth[]
  /** Months whose features are made anew: the first that changed and all after it. */
  made: SourceMonth[]
}

/** The months of a lake's state, in order of time. */
export async function monthsOf({ partitions }: Pick<LakeState, 'partitions'>): Promise<SourceMonth[]> {
  const filesByMonth = new Map<string, LakeFile[]>()
  for (const { month, file } of partitions) {
    const files = filesByMonth.get(month)
    if (files === undefined) filesByMonth.set(month, [file])
    else files.push(file)
  }
  const months = await Promise.all(
    Array.from(filesByMonth, async ([month, files]) => ({
      month,
      files,
      rows: files.reduce((sum, { rows }) => sum + rows, 0),
      sourceSha256: await sha256Hex(
        files
          .map((file) => file.sha256)
          .sort()
          .join('\n'),
      ),
    })),
  )
  return months.sort((a, b) => monthNumber(a.month) - monthNumber(b.month))
}

/** Months since the year 0, for their order. */
function monthNumber(month: string): number {
  return 12 * Number(month.slice(0, -3)) + Number(month.slice(-2))
}

/**
 * Plans from the earliest month that differs: what happened in it may be in the history of every bet after it.
 *
 * @param layer  the present features; undefined where there are none that this software can go on from
 */
export function planMonths(source: readonly SourceMonth[], layer: FeatureLayerState | undefined): MonthPlan {
  const present = layer?.months ?? []
  let same = 0
  while (same < source.length && isSame(source[same], present[same])) same++
  const kept = present.slice(0, same)
  const begun = kept.findLastIndex(({ state }) => state !== null)
  return {
    kept,
    begin: kept[begun]?.state ?? null,
    passed: source.slice(begun + 1, same),
    made: source.slice(same),
  }
}

function isSame(source: SourceMonth | undefined, present: FeatureMonthFiles | undefined): boolean {
  // What was left out for lying in the future may have become the past.
  return isMadeFrom(source, present) && present?.leftOut === 0 && present.summaryRevision === SUMMARY_REVISION
}

function isMadeFrom(source: SourceMonth | undefined, present: FeatureMonthFiles | undefined): boolean {
  return source?.month === present?.month && source?.sourceSha256 === present?.sourceSha256
}

/** Whether each month of the layer was made from these; months after them, of bets that it left out, may be more. */
export function isOf(source: readonly SourceMonth[], { months }: FeatureLayerState): boolean {
  return months.every((present, i) => isMadeFrom(source[i], present))
}

/** Whether the layer is of exactly these months, and has left nothing out. */
export function isUpToDate(source: readonly SourceMonth[], layer: FeatureLayerState): boolean {
  return planMonths(source, layer).made.length === 0 && source.length === layer.months.length
}

/** States of the latest months are kept, where changes mostly come, and of earlier years that after January. */
const LATEST_KEPT = 12

/** @param fromEnd  place of the month counted from the end, −1 for the last */
export function keepsState(month: string, fromEnd: number): boolean {
  return fromEnd >= -LATEST_KEPT || month.endsWith('-01')
}
