import type { Bet } from '../../shared/bets/bet.ts'
import { isDecisive } from '../../shared/bets/settlement.ts'
import { fitLogistic } from '../../shared/calibration/logistic.ts'
import { hasDecayed } from '../../shared/drift/calibration-watch.ts'
import { logit, sigmoid } from '../../shared/kernel/numeric.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { learnReference } from '../../shared/performance/decay-reference.ts'
import { lookAgain, newDecayState } from '../../shared/performance/decay-state.ts'
import { isWithinPriceRange } from '../../shared/recipe/dataset.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import type { Edge } from '../../shared/simulator/truth.ts'

/**
 * Plants decay in simulated ledgers and counts in how many it is found, and in how many it is found where there is none.
 *
 * Each ledger has a bettor with an edge that a model has learned (a logistic regression on the price, with the edge's
 * segment told apart): its probabilities are what was served. From the first bet that the watch sees on, the edge is gone (or
 * not), or results are drawn off the served probability. Looks are taken after every day, over 500 settled bets.
 */

const SEEDS = 100
const SETTLED = 500
const NULL_SETTLED = 1500
const BETS = 5000
const ENDS_AT_MS = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000

interface Scenario {
  name: string
  /** The bettor's edge before, as a shift of the win probability in basketball, baseball and football. */
  edge: number
  /** Whether that edge is gone while the watch looks on. */
  edgeGoes: boolean
  /** Log-odds of the truth where results are drawn anew, of those served; undefined where the simulator's stand. */
  truth?: (served: number) => number
  settled: number
}

const planted = (edge: number): Scenario => ({
  name: `edge of ${100 * edge} points gone`,
  ...{ edge, edgeGoes: true, settled: SETTLED },
})
const shifted = (shift: number): Scenario => ({
  name: `log-odds shifted by ${shift}`,
  ...{ edge: 0, edgeGoes: false, truth: (served) => served + shift, settled: SETTLED },
})
const flattened = (slope: number): Scenario => ({
  name: `log-odds times ${slope}`,
  ...{ edge: 0, edgeGoes: false, truth: (served) => slope * served, settled: SETTLED },
})

const SCENARIOS: readonly Scenario[] = [
  { name: 'none, as served', edge: 0.1, edgeGoes: false, truth: (served) => served, settled: NULL_SETTLED },
  { name: 'none, simulator', edge: 0.1, edgeGoes: false, settled: NULL_SETTLED },
  ...[0.06, 0.08, 0.1, 0.12, 0.15].map(planted),
  ...[-0.2, -0.3, -0.4, -0.5, -0.6].map(shifted),
  ...[0.6, 0.4, 0.2, 0].map(flattened),
]

/** What must hold, by name of the scenario: of 100 seeds. */
const REQUIRED: Readonly<Record<string, { least?: number; most?: number }>> = {
  'none, as served': { most: 5 },
  'none, simulator': { most: 5 },
  'edge of 10 points gone': { least: 80 },
  'log-odds shifted by -0.4': { least: 80 },
  'log-odds times 0.4': { least: 80 },
}

const SPORTS = ['Basketball', 'Baseball', 'American Football', 'Tennis', 'Soccer', 'Ice Hockey']

/** A ledger whose edge ends at an instant, or never. */
function ledgerOf(seed: number, { edge, edgeGoes }: Scenario, endsMs: number): Bet[] {
  const window = edgeGoes ? { placedBeforeMs: endsMs } : {}
  const edges: Edge[] = SPORTS.map((sport) => ({ where: { sport, ...window }, probabilityShift: edge }))
  return simulateLedger({ seed, count: BETS, endsAtMs: ENDS_AT_MS, edges }).filter(
    ({ state, decimalOdds }) => isDecisive(state) && decimalOdds !== null && isWithinPriceRange(decimalOdds),
  )
}

/** The ledgers of one seed, each made once. */
function ledgersOf(seed: number): (scenario: Scenario, endsMs: number) => Bet[] {
  const made = new Map<string, Bet[]>()
  return (scenario, endsMs) => {
    const key = `${scenario.edge} ${scenario.edgeGoes ? endsMs : ''}`
    const ledger = made.get(key) ?? ledgerOf(seed, scenario, endsMs)
    made.set(key, ledger)
    return ledger
  }
}

const WITHOUT_EDGE: Scenario = { name: '', edge: 0, edgeGoes: false, settled: 0 }

/** Settled bets after which decay was called; undefined where it was not. */
function foundAfter(seed: number, scenario: Scenario, ledgers: ReturnType<typeof ledgersOf>): number | undefined {
  // An edge moves no bet: all ledgers of a seed are of the same placements.
  const beginsMs = ledgers(WITHOUT_EDGE, 0).at(-scenario.settled)?.placedAtMs ?? Number.NaN
  const ledger = ledgers(scenario, beginsMs)
  const [learned, watched] = [ledger.filter(before(beginsMs)), ledger.filter((bet) => bet.placedAtMs >= beginsMs)]
  const model = fitLogistic(columnsOf(learned), Float64Array.from(learned, wonOf))
  const columns = columnsOf(watched)
  const scores = watched.map((_, r) =>
    model.coefficients.reduce((sum, c, j) => sum + c * (columns[j]?.[r] as number), model.intercept),
  )
  const rng = createRng(seed ^ 0x5eed)
  const bets = watched.map((bet, r) => {
    if (scenario.truth === undefined) return bet
    const isWon = rng.next() < sigmoid(scenario.truth(scores[r] as number))
    return { ...bet, state: isWon ? ('won' as const) : ('lost' as const) }
  })
  return watch(bets.slice(0, scenario.settled), scores, learnReference(learned, beginsMs))
}

/** Looks after each day, as the daily check does. */
function watch(
  bets: readonly Bet[],
  scores: readonly number[],
  reference: ReturnType<typeof learnReference>,
): number | undefined {
  let state = newDecayState({ modelVersion: 'blend', origin: 'demo', reference })
  const matched = bets.map((bet, r) => ({ bet, prediction: predictionOf(bet, sigmoid(scores[r] as number)) }))
  const byId = new Map(bets.map((bet) => [bet.id, bet]))
  const days = new Set(bets.map(({ placedAtMs }) => Math.floor(placedAtMs / DAY_MS)))
  for (const day of days) {
    const seen = matched.filter(({ bet }) => Math.floor(bet.placedAtMs / DAY_MS) === day)
    state = lookAgain(state, { bets: byId, fromMs: 0, matched: seen }, (day + 3) * DAY_MS)
    if (hasDecayed(state.watch)) return state.watch.outcomes
  }
  return undefined
}

function predictionOf(bet: Bet, winProbability: number) {
  const { sport, league, market, book, betType, isLive, decimalOdds, placedAtMs } = bet
  const names = { sport: sport ?? '', league: league ?? '', market: market ?? '', book: book ?? '' }
  const about = { modelVersion: 'blend', functionVersion: null, atMs: placedAtMs }
  return { ...names, ...about, betType, isLive, decimalOdds: decimalOdds ?? Number.NaN, winProbability }
}

/** The price, and what the simulator's own biases go by. */
function columnsOf(bets: readonly Bet[]): Float64Array[] {
  const price = Float64Array.from(bets, ({ decimalOdds }) => logit(1 / (decimalOdds ?? Number.NaN)))
  return [
    price,
    price.map((x) => x * Math.abs(x)),
    Float64Array.from(bets, ({ betType }) => (betType === 'parlay' ? 1 : 0)),
    Float64Array.from(bets, ({ isLive }) => (isLive ? 1 : 0)),
  ]
}

function before(instantMs: number) {
  return ({ placedAtMs, settledAtMs }: Bet) => placedAtMs < instantMs && (settledAtMs ?? placedAtMs) < instantMs
}

function wonOf({ state }: Bet): number {
  return state === 'won' ? 1 : 0
}

const seeds = Number(process.argv[2] ?? SEEDS)
const found = SCENARIOS.map(() => [] as number[])
for (let seed = 1; seed <= seeds; seed++) {
  const ledgers = ledgersOf(seed)
  for (const [i, scenario] of SCENARIOS.entries()) {
    const after = foundAfter(seed, scenario, ledgers)
    if (after !== undefined) found[i]?.push(after)
  }
}

let failed = 0
const rows = SCENARIOS.map(({ name, settled }, i) => {
  const after = (found[i] ?? []).sort((a, b) => a - b)
  const { least = 0, most = 100 } = REQUIRED[name] ?? {}
  const share = (100 * after.length) / seeds
  const holds = share >= least && share <= most
  if (!holds) failed++
  const wanted = least > 0 ? `at least ${least} %` : most < 100 ? `at most ${most} %` : ''
  const median = after[after.length >> 1]
  return [
    name,
    String(settled),
    `${after.length} of ${seeds}`,
    String(median ?? ''),
    `${wanted}${holds ? '' : ' FAILED'}`,
  ]
})
const table = [['planted', 'settled bets', 'found', 'median bets until', 'required'], ...rows]
const widths = (table[0] ?? []).map((_, c) => Math.max(...table.map((row) => row[c]?.length ?? 0)))
const lines = table.map((row) =>
  row
    .map((cell, c) => cell.padEnd(widths[c] ?? 0))
    .join('  ')
    .trimEnd(),
)
process.stdout.write(`${lines.join('\n')}\n`)
process.exitCode = failed > 0 ? 1 : 0
