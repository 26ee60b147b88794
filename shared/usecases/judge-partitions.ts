import type { Progress } from '../kernel/ports.ts'
import type { PartitionKey } from '../lake/layout.ts'
import { byMonthAndSport, partitionId } from '../lake/layout.ts'
import type { Partition } from '../lake/state.ts'
import type { WrittenPartition } from '../lineage/run.ts'
import { findAnomalies } from '../quality/anomalies.ts'
import type { Anomaly, Detection } from '../quality/anomaly.ts'
import { byGravity, duplicateAnomaly } from '../quality/anomaly.ts'
import type { Baseline } from '../quality/baseline.ts'
import { baselineOf } from '../quality/baseline.ts'
import type { PartitionProfile } from '../quality/profile.ts'
import { emptyProfile, mergeProfiles, withAnomalies } from '../quality/profile.ts'
import { profileSlice } from '../quality/profile-slice.ts'
import type { LedgerSlice } from '../quality/slice.ts'
import type { LakeDraft, Merged } from './lake-ports.ts'

/** Findings of one partition that are kept in full. */
const KEPT_FINDINGS = 200

/** The processed layer after a run, and what was found in the partitions that it wrote. */
export interface JudgedPartitions {
  /** All partitions, by month and sport. */
  partitions: Partition[]
  written: WrittenPartition[]
  findings: (PartitionKey & Anomaly)[]
}

/**
 * Writes the changed partitions, profiles them, and holds each bet against the history before its month.
 *
 * Months go in order, so that the baseline of a month is everything placed in earlier ones, changed or not, and never
 * the month under test.
 *
 * @param findingsKey  where the findings will be kept
 */
export async function judgePartitions(
  deps: { draft: LakeDraft; progress: Progress; nowMs: number },
  merged: Pick<Merged, 'changed' | 'conflicting'>,
  before: readonly Partition[],
  findingsKey: string,
): Promise<JudgedPartitions> {
  const task = deps.progress.start('Writing and judging partitions', merged.changed.length)
  const isChanged = new Set(merged.changed.map(partitionId))
  const untouched = before.filter((partition) => !isChanged.has(partitionId(partition)))
  const copies = new Map(merged.conflicting.map(({ id, versions }) => [id, versions]))
  const out: JudgedPartitions = { partitions: [...untouched], written: [], findings: [] }
  const queue = createQueue(deps.draft, merged.changed)
  let history = emptyProfile()
  for (const month of monthsOf([...untouched, ...merged.changed])) {
    const baseline = baselineOf(history)
    const profiles = untouched.filter((partition) => partition.month === month).map(({ profile }) => profile)
    for (const changed of merged.changed.filter((partition) => partition.month === month)) {
      const written = await queue.next()
      const profile = judgeOne({ ...deps, baseline, copies, findingsKey }, changed, written, out)
      if (profile !== undefined) profiles.push(profile)
      task.advance(out.written.length)
    }
    history = mergeProfiles([history, ...profiles])
  }
  await deps.draft.uploaded()
  task.finish(`${out.written.length} partitions`)
  out.partitions.sort(byMonthAndSport)
  return out
}

function monthsOf(partitions: readonly PartitionKey[]): string[] {
  return [...new Set(partitions.map(({ month }) => month))].sort()
}

interface Judging {
  nowMs: number
  baseline: Baseline
  copies: ReadonlyMap<string, number>
  findingsKey: string
}

type Written = Awaited<ReturnType<LakeDraft['writePartition']>> | undefined

/** Writes partitions in their order, one ahead of the one that is judged. One without rows gives undefined. */
function createQueue(draft: LakeDraft, changed: Merged['changed']): { next(): Promise<Written> } {
  let asked = 0
  const write = async (): Promise<Written> => {
    const partition = changed[asked++]
    return partition === undefined || partition.rows === 0 ? undefined : draft.writePartition(partition)
  }
  let ahead = write()
  return {
    next() {
      const current = ahead
      ahead = write()
      // A failure is told to whoever asks for that partition.
      ahead.catch(() => {})
      return current
    },
  }
}

/** @returns the partition's profile; undefined where it has no rows any more */
function judgeOne(
  judging: Judging,
  { sport, month, previous }: Merged['changed'][number],
  written: Written,
  out: JudgedPartitions,
): PartitionProfile | undefined {
  if (written === undefined) {
    out.written.push({ sport, month, file: null, previous })
    return undefined
  }
  const { file, slice } = written
  const detection = detect(judging, slice)
  const profile = withAnomalies(profileSlice(slice, judging.nowMs), detection)
  for (const anomaly of gravest(detection.anomalies)) out.findings.push({ sport, month, ...anomaly })
  const findings = detection.anomalies.length === 0 ? null : judging.findingsKey
  out.partitions.push({ sport, month, file, profile, findings })
  out.written.push({ sport, month, file, previous })
  return profile
}

/** A whole column missing would be a finding a row: all are counted, the gravest are kept one by one. */
function gravest(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return anomalies.length <= KEPT_FINDINGS ? anomalies : anomalies.toSorted(byGravity).slice(0, KEPT_FINDINGS)
}

function detect({ baseline, copies, nowMs }: Judging, slice: LedgerSlice): Detection {
  const detection = findAnomalies(slice, baseline, nowMs)
  if (copies.size === 0) return detection
  const duplicates: Anomaly[] = []
  for (let r = 0; r < slice.nRows; r++) {
    const n = copies.get(slice.idOf(r))
    if (n !== undefined) duplicates.push(duplicateAnomaly(slice.idOf(r), n, slice.bookOf(r)))
  }
  return { ...detection, anomalies: [...detection.anomalies, ...duplicates] }
}
