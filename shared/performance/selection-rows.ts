import * as z from 'zod'
import { nullableNumberColumn, numberColumn, textColumn } from './columns.ts'
import type { BetResult } from './tally.ts'
import { OUTCOMES } from './tally.ts'

/** Characters of a selection that are kept: a player of a straight bet is always among them, late legs of a parlay may not be. */
export const LONGEST_SELECTION = 200

/**
 * The settled bets of one market that say what was bet on, by column, one entry a bet.
 *
 * Nearly every selection is of one bet or two, so that bets take less room than sums over them would.
 */
export const selectionRowsSchema = z.object({
  /** Distinct selections in lower case, the first {@link LONGEST_SELECTION} characters of each. */
  texts: textColumn,
  /** Position in `texts`. */
  text: numberColumn,
  /** Position among the market's cells. */
  cell: numberColumn,
  /** Position in `OUTCOMES`. */
  outcome: numberColumn,
  stakeMinor: nullableNumberColumn,
  profitMinor: nullableNumberColumn,
  perUnit: nullableNumberColumn,
})

export type SelectionRows = z.infer<typeof selectionRowsSchema>

/** Rows that are being gathered, with the position of each text. */
export interface SelectionGatherer {
  rows: SelectionRows
  add(text: string, cell: number, result: BetResult): void
}

export function gatherSelections(): SelectionGatherer {
  const rows: SelectionRows = {
    ...{ texts: [], text: [], cell: [], outcome: [] },
    ...{ stakeMinor: [], profitMinor: [], perUnit: [] },
  }
  const positions = new Map<string, number>()
  return {
    rows,
    add(selection, cell, { outcome, stakeMinor, profitMinor, perUnit }) {
      const text = searchable(selection)
      let position = positions.get(text)
      if (position === undefined) {
        position = rows.texts.push(text) - 1
        positions.set(text, position)
      }
      rows.text.push(position)
      rows.cell.push(cell)
      rows.outcome.push(OUTCOMES.indexOf(outcome))
      rows.stakeMinor.push(stakeMinor)
      rows.profitMinor.push(profitMinor)
      rows.perUnit.push(perUnit)
    },
  }
}

/** Adds rows of another part, whose cells have other positions here. */
export function addSelectionRows(into: SelectionGatherer, part: SelectionRows, cells: readonly number[]): void {
  for (const [r, text] of part.text.entries()) {
    const result = resultAt(part, r)
    into.add(part.texts[text] ?? '', cells[part.cell[r] as number] as number, result)
  }
}

/** The result of one row. */
export function resultAt(rows: Pick<SelectionRows, 'outcome' | 'stakeMinor' | 'profitMinor' | 'perUnit'>, r: number) {
  return {
    outcome: OUTCOMES[rows.outcome[r] as number] ?? 'push',
    stakeMinor: rows.stakeMinor[r] ?? null,
    profitMinor: rows.profitMinor[r] ?? null,
    perUnit: rows.perUnit[r] ?? null,
  }
}

/** A text as it is looked for: in lower case, and as long as is kept. */
function searchable(selection: string): string {
  return selection.slice(0, LONGEST_SELECTION).toLowerCase().slice(0, LONGEST_SELECTION)
}
