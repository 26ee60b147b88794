import { CLOSELINE_LEDGER_COLUMNS, closelineLedger } from './closeline-ledger.ts'
import type { BetFormat } from './format.ts'
import { JUICE_REEL_COLUMNS, juiceReel } from './juice-reel.ts'
import { PIKKIT_COLUMNS, pikkit } from './pikkit.ts'

/** Every known layout with the columns that tell it. No header of one export satisfies another. */
const LAYOUTS: readonly { format: BetFormat; needs: readonly string[] }[] = [
  { format: closelineLedger, needs: CLOSELINE_LEDGER_COLUMNS },
  { format: pikkit, needs: PIKKIT_COLUMNS },
  { format: juiceReel, needs: JUICE_REEL_COLUMNS },
]

/** Every bet-log layout that can be imported. */
export const BET_FORMATS: readonly BetFormat[] = LAYOUTS.map((layout) => layout.format)

/**
 * The layout that a header is of.
 *
 * @param columns  names of the header, trimmed; order and extra columns do not matter
 * @returns        undefined where no layout is known: see {@link describeUnknownHeader}
 */
export function recogniseFormat(columns: readonly string[]): BetFormat | undefined {
  return BET_FORMATS.find((format) => format.recognises(columns))
}

/** Tells a person why a header is of no known layout: what each layout needs that the header lacks. */
export function describeUnknownHeader(columns: readonly string[]): string {
  const wants = LAYOUTS.map(({ format, needs }) => {
    const missing = needs.filter((column) => !columns.includes(column))
    return `${format.name} needs ${needs.join(', ')} (missing: ${missing.join(', ')})`
  })
  return `no known bet log has these columns: ${columns.join(', ')}. ${wants.join('; ')}`
}
