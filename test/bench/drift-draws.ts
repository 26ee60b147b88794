import type { Table } from '../../shared/drift/table.ts'
import { pickRows, rowsOf } from '../../shared/drift/table.ts'
import type { Rng } from '../../shared/kernel/random.ts'
import type { DriftSamples } from '../../shared/usecases/drift-findings.ts'

/** Bets a day of a ledger whose rows were shuffled: about those of a busy bettor. */
const ROWS_A_DAY = 20

export interface Draw {
  reference: number
  current: number
  rng: Rng
}

/** Rows of the ledger in a random order, each at most once, with days of their own: nothing moves between them. */
export function drawRows(ledger: Table, { reference, current, rng }: Draw): DriftSamples {
  const shuffled = pickRows(ledger, shuffle(ledger.days.length, rng).subarray(0, reference + current))
  const days = shuffled.days.map((_, r) => Math.floor(r / ROWS_A_DAY))
  const rows = { ...shuffled, days }
  return samples(rowsOf(rows, 0, reference), rowsOf(rows, reference, reference + current))
}

/** Whole days of the ledger in a random order: bets of a day stay together, and nothing moves between days. */
export function drawDays(ledger: Table, { reference, current, rng }: Draw): DriftSamples {
  const begins = Array.from(ledger.days.keys()).filter((r) => ledger.days[r - 1] !== ledger.days[r])
  const order = shuffle(begins.length, rng)
  const rows: number[] = []
  const days: number[] = []
  const take = (from: number, count: number) => {
    let place = from
    for (const end = rows.length + count; rows.length < end && place < order.length; place++) {
      const d = order[place] as number
      for (let r = begins[d] as number; r < (begins[d + 1] ?? ledger.days.length); r++) {
        rows.push(r)
        days.push(place)
      }
    }
    return place
  }
  const next = take(0, reference)
  const split = rows.length
  take(next, current)
  const all = { ...pickRows(ledger, Int32Array.from(rows)), days: Int32Array.from(days) }
  return samples(rowsOf(all, 0, split), rowsOf(all, split, rows.length))
}

function samples(reference: Table, current: Table): DriftSamples {
  // A day that begins in the reference goes on in the current window where rows are cut by number.
  const cut = (reference.days.at(-1) ?? 0) === (current.days[0] ?? 0)
  const days = cut ? current.days.map((day) => day + 1) : current.days
  const windowDays = (days.at(-1) ?? 0) - (days[0] ?? 0) + 1
  return { reference, current: { ...current, days }, lastYear: undefined, windowDays }
}

function shuffle(count: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = rng.integer(i + 1)
    const kept = order[i] as number
    order[i] = order[j] as number
    order[j] = kept
  }
  return order
}
