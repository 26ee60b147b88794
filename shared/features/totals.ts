/**
 * What is known of a group of bets as positions in one array: its running totals first, in this order, then the rest. One
 * array has all that a feature looks at for nearly every value, in a few cache lines.
 *
 * Residuals and returns are added up in {@link UNIT}, money in minor units: every total is a whole number below 2⁵³, so
 * sums are exact, the sum over a window is the exact difference of two totals, and no total depends on an order.
 */
export const UNIT = 2 ** 24

/** A return above this, that of American +10,000, counts as this: one lottery ticket must not be a market's record. */
export const LARGEST_RETURN = 100

/** Squares of returns, up to {@link LARGEST_RETURN}², are added up in units of 1/this. */
export const SQUARE_UNIT = 2 ** 16

/** Bets won or lost. */
export const DECIDED = 0
export const WINS = 1
/** Bets won or lost whose price is known. */
export const PRICED = 2
/** Σ (won − 1/decimalOdds) · UNIT. */
export const RESIDUAL = 3
/** Settled bets whose net return is known. */
export const RETURNED = 4
/** Σ net return per unit staked · UNIT. */
export const RETURN = 5
/** How many totals windows over the latest results have: those above. */
export const RESULT_TOTALS = 6

export const PLACED = 6
/** Stakes placed, in minor units of the ledger's currency. */
export const STAKE = 7
/** How many totals windows over days have: those above. */
export const DAY_TOTALS = 8

export const SETTLED = 8
/** Σ net return² · SQUARE_UNIT. */
export const RETURN_SQUARES = 9
/** Settled bets whose settlement time the source gives. */
export const TIMED = 10
/** Σ minutes from their placement to their settlement. */
export const MINUTES = 11
/** Settled bets whose stake and profit are known, in the ledger's currency. */
export const MONEY_BETS = 12
export const MONEY_STAKE = 13
export const MONEY_PROFIT = 14
export const TOTALS = 15

/** Wins in a row, or losses as a negative number; other results do not break a run. */
export const STREAK = 15
/** Instants in milliseconds; NaN before there is one. */
export const FIRST_PLACED_AT = 16
export const LAST_PLACED_AT = 17
export const LAST_KNOWN_AT = 18

/** Σ residual and Σ 1 over priced bets, each fading with every one after it. */
export const BET_SUM = 19
export const BET_WEIGHT = 20
/** The same, fading by days, as of {@link FADING_DAY}. */
export const DAY_SUM = 21
export const DAY_WEIGHT = 22
/** UTC day of the latest priced result; 0 before the first. */
export const FADING_DAY = 23
/** How many numbers a snapshot stores: those above. */
export const STORED_NUMBERS = 24

/** Latest day on which something happened; −Infinity before the first. */
export const TODAY = 24
/** Day for which the windows over days were looked up; NaN where they must be. */
export const WINDOWS_ON = 25
/** {@link DAY_TOTALS} totals as they were before each of the windows over days, one window after the other. */
export const WINDOW_STARTS = 26
/** With room for three windows. */
export const TALLY_NUMBERS = 50
