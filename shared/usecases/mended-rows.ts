import type { ParsedRows, Rejection } from '../bets/formats/format.ts'
import type { Resolution } from '../quality/quarantine.ts'
import type { QuarantineStore } from './ledger-ports.ts'
import { rowsById } from './quarantined-rows.ts'

/** What a file of mended rows means to the quarantine. */
interface Mended {
  /** Rows to keep: those that are not in quarantine already. */
  refused: readonly Rejection[]
  released: Resolution[]
}

/**
 * Matches the rows of a file with the quarantined rows that they mend.
 *
 * A quarantined row is released where a row that bears its id became part of a bet. Where all rows that bear it were
 * refused again, it goes on waiting as it is, with its own text, and is not kept a second time.
 */
export async function matchMended(
  quarantine: QuarantineStore,
  file: { parsed: ParsedRows; mends: ReadonlyMap<number, string> },
): Promise<Mended> {
  const { parsed, mends } = file
  if (mends.size === 0) return { refused: parsed.rejections, released: [] }
  const rows = await rowsById(quarantine, mends.values())
  const unreleased = new Set([...rows.values()].filter((row) => row.status !== 'released').map((row) => row.id))
  const released = new Map<string, Resolution>()
  for (const { bet, lines } of parsed.bets) {
    for (const line of lines) {
      const id = mends.get(line)
      if (id !== undefined && unreleased.delete(id)) released.set(id, { id, outcome: 'released', releasedAs: bet.id })
    }
  }
  const stillThere = ({ line }: Rejection) => unreleased.has(mends.get(line) ?? '')
  return { refused: parsed.rejections.filter((rejection) => !stillThere(rejection)), released: [...released.values()] }
}
