import { DomainError } from '../kernel/errors.ts'

/** Area under the ROC curve of scores that tell one sample from another, with its error. */
export interface ClusteredAuc {
  /** Chance that a current row scores above a reference row, ties counting half; 0.5 where nothing tells them apart. */
  auc: number
  /** Standard error, rows of one day counting as alike as they are; NaN of a single day on either side. */
  error: number
}

/**
 * Area under the ROC curve with an error that allows for rows of one day being alike.
 *
 * AUC is the mean over current rows of the share of reference rows that score below. Its variance sums, day by day, the
 * squares of what the day's rows add to it from both sides.
 *
 * @param scores     of all rows
 * @param isCurrent  1 for rows of the current sample, 0 for those of the reference
 * @param days       cluster of each row
 * @throws {DomainError} `no_rows` where either sample has none
 * @see N. A. Obuchowski, "Nonparametric Analysis of Clustered ROC Curve Data", Biometrics 53, 1997
 */
export function clusteredAuc(scores: Float64Array, isCurrent: Uint8Array, days: Int32Array): ClusteredAuc {
  const placements = placementsOf(scores, isCurrent)
  const m = isCurrent.reduce((sum, is) => sum + is, 0)
  const n = isCurrent.length - m
  if (n === 0 || m === 0) throw new DomainError('no_rows', `${n} reference rows and ${m} current ones`)
  let auc = 0
  for (let r = 0; r < isCurrent.length; r++) if (isCurrent[r] === 1) auc += (placements[r] as number) / m
  const byDay = new Map<number, number>()
  const [reference, current] = [new Set<number>(), new Set<number>()]
  for (let r = 0; r < isCurrent.length; r++) {
    const day = days[r] as number
    const side = isCurrent[r] === 1 ? current : reference
    side.add(day)
    byDay.set(day, (byDay.get(day) ?? 0) + ((placements[r] as number) - auc) / (isCurrent[r] === 1 ? m : n))
  }
  const [a, b] = [reference.size, current.size]
  const variance = [...byDay.values()].reduce((sum, part) => sum + part * part, 0)
  const few = Math.min(a, b)
  return { auc, error: few < 2 ? Number.NaN : Math.sqrt((variance * few) / (few - 1)) }
}

/** For each row the share of the other sample's rows that its score is on the right side of. */
function placementsOf(scores: Float64Array, isCurrent: Uint8Array): Float64Array {
  const order = Int32Array.from(scores, (_, r) => r).sort((a, b) => (scores[a] as number) - (scores[b] as number))
  const total = [0, 0]
  for (const is of isCurrent) total[is] = (total[is] as number) + 1
  const [n, m] = total as [number, number]
  const placements = new Float64Array(scores.length)
  const below = [0, 0]
  for (let begin = 0; begin < order.length; ) {
    let end = begin
    const tied = [0, 0]
    while (end < order.length && scores[order[end] as number] === scores[order[begin] as number]) {
      const side = isCurrent[order[end++] as number] as number
      tied[side] = (tied[side] as number) + 1
    }
    const references = ((below[0] as number) + (tied[0] as number) / 2) / n
    const currents = (m - (below[1] as number) - (tied[1] as number) / 2) / m
    for (let i = begin; i < end; i++) {
      const r = order[i] as number
      placements[r] = isCurrent[r] === 1 ? references : currents
    }
    below[0] = (below[0] as number) + (tied[0] as number)
    below[1] = (below[1] as number) + (tied[1] as number)
    begin = end
  }
  return placements
}
