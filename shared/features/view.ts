import { dayOf, lookUpDayWindows } from './day-marks.ts'
import type { GroupName, Placement } from './groups.ts'
import { GROUP_INDEX, GROUP_NAMES } from './groups.ts'
import type { FeatureState, GroupState, Place, PlaceCodes } from './state.ts'
import { EMPTY_TALLY, groupOf, NO_KEY } from './state.ts'
import type { Tally } from './tally.ts'
import { PRICED, RESIDUAL, UNIT, WINDOWS_ON } from './totals.ts'
import type { Vocabulary } from './vocabulary.ts'
import { createVocabulary } from './vocabulary.ts'

/** A bet about to be placed, and what is known of its groups at that moment: all that a feature can see. */
export interface View {
  bet: Placement
  /** UTC day of the placement. */
  day: number
  vocabulary: Vocabulary
  /** Codes of the bet's names. */
  codes: PlaceCodes
  /** By group, in the order of {@link GROUP_NAMES}; {@link EMPTY_TALLY} where nothing is known. */
  tallies: readonly Tally[]
  /** The groups, for what is told of all their sets at once. */
  groups: readonly GroupState[]
  /** Mean residual of the whole ledger, mixed with {@link LEDGER_PRIOR_BETS} bets of zero. */
  ledgerResidual: number
}

/** Bets of no residual that the whole ledger's record is mixed with: it has no other ledgers to be compared with. */
export const LEDGER_PRIOR_BETS = 50

/** A view to be filled by {@link lookAt}. */
export function createView(): View {
  return {
    bet: {
      ...{ sport: null, league: null, market: null, book: null },
      ...{ betType: 'straight', isLive: false, decimalOdds: null, placedAtMs: 0 },
    },
    day: 0,
    vocabulary: createVocabulary(),
    codes: { sport: NO_KEY, league: NO_KEY, market: NO_KEY, book: NO_KEY },
    tallies: GROUP_NAMES.map(() => EMPTY_TALLY),
    groups: [],
    ledgerResidual: 0,
  }
}

/** Turns a view to a bet. @param place  that of the bet */
export function lookAt(view: View, state: FeatureState, bet: Placement, { tallies, codes }: Place): void {
  const day = dayOf(bet.placedAtMs)
  view.bet = bet
  view.day = day
  view.vocabulary = state.vocabulary
  view.groups = state.groups
  view.codes = codes
  view.tallies = tallies
  for (let g = 0; g < tallies.length; g++) {
    const tally = tallies[g] as Tally
    if (tally.numbers[WINDOWS_ON] !== day) lookUpDayWindows(tally, day)
  }
  const { numbers } = groupOf(state, 'ledger').tallies.get(0) ?? EMPTY_TALLY
  view.ledgerResidual = (numbers[RESIDUAL] as number) / UNIT / ((numbers[PRICED] as number) + LEDGER_PRIOR_BETS)
}

/** The tally of a group in a view. */
export function tallyIn(view: View, group: GroupName): Tally {
  return view.tallies[GROUP_INDEX[group]] as Tally
}
