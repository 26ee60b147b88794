import type { Bet } from '../bets/bet.ts'
import { isDecisive, isSettled } from '../bets/settlement.ts'
import type { Table, TableColumn } from '../drift/table.ts'
import { MISSING, NOT_APPLICABLE } from '../drift/table.ts'
import { MARKET_LOG_ODDS } from '../features/families/bet.ts'
import { featureSet } from '../features/feature-set.ts'
import { GROUP_NAMES, GROUPS } from '../features/groups.ts'
import type { FeatureRows } from '../features/replay.ts'
import { replayLedger } from '../features/replay.ts'
import { WIN_PROBABILITY_INPUTS } from '../recipe/inputs.ts'

const DAY_MS = 86_400_000

/** What a column is to the model. */
export const DRIFT_ROLES = ['input', 'field', 'closing_value', 'label'] as const
export type DriftRole = (typeof DRIFT_ROLES)[number]

/** One column that is watched. */
export interface WatchedColumn {
  name: string
  role: DriftRole
  /** Whether it tells of the bets' past: such values follow one another from bet to bet, and time alone moves them. */
  isHistory: boolean
  /** What is compared in the column's place; null where it is the column itself. */
  comparedAs: string | null
}

/** The record that grows with every settled bet. */
const LEDGER_COUNT = 'ledger_count'

/** Inputs that are not compared, and why. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  [LEDGER_COUNT]: 'it counts all bets so far, so it is larger in every later window by construction',
}

const FIELDS = ['sport', 'league', 'market', 'book', 'bet_type'] as const
const FLAGS = ['is_live', 'is_combined'] as const

/** Inputs that are columns of numbers: all but codes and flags, and those not compared. */
const NUMBERS = WIN_PROBABILITY_INPUTS.filter(
  (name) => !isAmong(FIELDS, name) && !isAmong(FLAGS, name) && !(name in NOT_COMPARED),
)

export const CLOSING_LINE_VALUE = 'closing_line_value'
export const LABEL = 'won'

/** Every column that is compared, in the order of the report. */
export const WATCHED_COLUMNS: readonly WatchedColumn[] = [
  ...FIELDS.map((name) => watched(name, WIN_PROBABILITY_INPUTS.includes(name) ? 'input' : 'field')),
  ...FLAGS.map((name) => watched(name, 'input')),
  ...NUMBERS.map((name) => ({
    ...watched(name, 'input'),
    isHistory: name !== MARKET_LOG_ODDS,
    comparedAs: isCount(name) ? `${name} / ${LEDGER_COUNT}` : null,
  })),
  watched(CLOSING_LINE_VALUE, 'closing_value'),
  watched(LABEL, 'label'),
]

/** Fields of a bet that an input looks at: what moves them moves it. */
export const FIELDS_OF_INPUT: ReadonlyMap<string, readonly string[]> = new Map(
  WIN_PROBABILITY_INPUTS.map((name) => [name, fieldsOf(name)]),
)

/** The watched columns of a ledger, replayed from its beginning; rows in order of placement. */
export function driftTable(ledger: readonly Bet[]): Table {
  return tableOf(replayLedger(ledger, featureSet(WIN_PROBABILITY_INPUTS)))
}

/** The watched columns of bets with the features of {@link WIN_PROBABILITY_INPUTS}. */
export function tableOf(rows: FeatureRows): Table {
  const { bets } = rows
  const featureOf = new Map(rows.names.map((name, f) => [name, rows.columns[f] as Float32Array]))
  const column = (name: string) => featureOf.get(name) ?? new Float32Array(bets.length).fill(Number.NaN)
  return {
    days: Int32Array.from(bets, ({ placedAtMs }) => Math.floor(placedAtMs / DAY_MS)),
    columns: [
      categories('sport', bets, ({ sport }) => sport),
      categories('league', bets, ({ league }) => league),
      categories('market', bets, ({ market }) => market),
      categories('book', bets, ({ book }) => book),
      categories('bet_type', bets, ({ betType }) => betType),
      categories('is_live', bets, ({ isLive }) => (isLive ? 'live' : 'before')),
      categories('is_combined', bets, ({ betType }) => (betType === 'straight' ? 'single' : 'combined')),
      ...NUMBERS.map((name) => ({
        name,
        kind: 'numerical' as const,
        values: isCount(name) ? shareOf(column(name), column(LEDGER_COUNT)) : column(name),
      })),
      { name: CLOSING_LINE_VALUE, kind: 'numerical', values: Float32Array.from(bets, closingValueOf) },
      categories(LABEL, bets, ({ state }) => (isDecisive(state) ? state : undefined)),
    ],
  }
}

/** The market closes before a bet is settled: until then its value is not missing, but not due. */
function closingValueOf({ state, closingLineValue }: Bet): number {
  if (closingLineValue !== null) return closingLineValue
  return isSettled(state) ? Number.NaN : Number.POSITIVE_INFINITY
}

/** @param value  null where missing, undefined where it does not apply */
function categories(name: string, bets: readonly Bet[], value: (bet: Bet) => string | null | undefined): TableColumn {
  const codes = new Map<string, number>()
  const code = (text: string) => {
    const known = codes.get(text)
    if (known !== undefined) return known
    codes.set(text, codes.size)
    return codes.size - 1
  }
  const coded = Int32Array.from(bets, (bet) => {
    const text = value(bet)
    if (text === undefined) return NOT_APPLICABLE
    return text === null ? MISSING : code(text)
  })
  return { name, kind: 'categorical', codes: coded, names: [...codes.keys()] }
}

function shareOf(counts: Float32Array, all: Float32Array): Float32Array {
  return counts.map((count, r) => count / (all[r] as number))
}

function isCount(name: string): boolean {
  return name.endsWith('_count')
}

function fieldsOf(input: string): readonly string[] {
  if (input === MARKET_LOG_ODDS) return [input]
  // The longest name first: sport_league_market begins with sport_league too.
  const group = [...GROUP_NAMES].sort((a, b) => b.length - a.length).find((name) => input.startsWith(`${name}_`))
  if (group === undefined || isAmong(FIELDS, input) || isAmong(FLAGS, input)) return [input]
  return GROUPS[group].map((field) => (field === 'price_band' ? MARKET_LOG_ODDS : field))
}

function watched(name: string, role: DriftRole): WatchedColumn {
  return { name, role, isHistory: false, comparedAs: null }
}

function isAmong(names: readonly string[], name: string): boolean {
  return names.includes(name)
}
