import type { Bet } from '../bets/bet.ts'
import type { LakeStore } from './lake-ports.ts'
import { monthOf } from './ledger-identity.ts'
import type { SourceMonth } from './plan-months.ts'

/** Bets read at once: months are small or large, and each read costs a session. */
const BATCH_BETS = 100_000

/** The bets of months, one month after the other, each in order of placement. */
export async function* readMonths(
  lake: Pick<LakeStore, 'readBets'>,
  months: readonly SourceMonth[],
): AsyncGenerator<{ source: SourceMonth; bets: readonly Bet[] }, void> {
  for (const batch of batchesOf(months)) {
    const bets = await lake.readBets(batch.flatMap(({ files }) => files))
    let begin = 0
    for (const source of batch) {
      const end = endOfMonth(bets, begin)
      yield { source, bets: bets.slice(begin, end) }
      begin = end
    }
  }
}

/** Bets come in order of placement, so a month ends where the next begins. */
function endOfMonth(bets: readonly Bet[], begin: number): number {
  const first = bets[begin]
  if (first === undefined) return begin
  const month = monthOf(first.placedAtMs)
  const end = bets.findIndex((bet, i) => i > begin && monthOf(bet.placedAtMs) !== month)
  return end === -1 ? bets.length : end
}

function* batchesOf(months: readonly SourceMonth[]): Generator<SourceMonth[], void> {
  let batch: SourceMonth[] = []
  let rows = 0
  for (const month of months) {
    if (batch.length > 0 && rows + month.rows > BATCH_BETS) {
      yield batch
      batch = []
      rows = 0
    }
    batch.push(month)
    rows += month.rows
  }
  if (batch.length > 0) yield batch
}
