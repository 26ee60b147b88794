import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'
import { DomainError } from '../kernel/errors.ts'
import { logit, sigmoid } from '../kernel/numeric.ts'
import type { Clock, Logger, ObjectStore, Progress, TaggedReader } from '../kernel/ports.ts'
import { createRng } from '../kernel/random.ts'
import { americanFromDecimal } from '../odds/convert.ts'
import { predictionLogKey, servedPredictionLine } from '../performance/served-prediction.ts'
import { isWithinPriceRange } from '../recipe/dataset.ts'
import type { LoadScorer } from '../registry/scorer.ts'
import { recentBets } from '../simulator/drift.ts'
import type { BetQuestion } from './bet-prediction.ts'
import type { BetStore, ImportReport, ImportStore } from './ledger-ports.ts'
import type { BetAnswers } from './predict-bets.ts'
import { predictBets } from './predict-bets.ts'
import { createServingModel } from './serving-model.ts'

const DAY_MS = 86_400_000

/** Results of bets placed later are not yet taken into the test of decay. */
const DECAY_ENDS_BEFORE_MS = 4 * DAY_MS

/** How long before the bet it was asked about. */
const ASKED_BEFORE_MS = 60_000

export interface SimulateDeps {
  bets: BetStore
  imports: ImportStore
  clock: Clock
  progress: Progress
  newId: () => string
}

export interface SimulateDecayDeps extends SimulateDeps {
  objects: ObjectStore & TaggedReader
  loadScorer: LoadScorer
  logger: Logger
}

/** What was put into the ledger. */
export interface SimulationReport {
  import: ImportReport
  /** Win rate of the bets, and what was served for them; null where nothing was. */
  decay: { modelVersion: string; winRate: number; meanProbability: number; shift: number } | null
}

/**
 * Puts simulated bets into a ledger that is itself simulated, as an import of their own in its record.
 *
 * @param what  what they are, for the record
 * @throws {DomainError} `ledger_is_own`: bets that nobody placed are never mixed with a bettor's
 */
export async function addSimulated(deps: SimulateDeps, bets: readonly Bet[], what: string): Promise<ImportReport> {
  const ledger = await simulatedLedger(deps)
  const known = new Set(ledger.map(({ id }) => id))
  const added = bets.filter(({ id }) => !known.has(id))
  const rows = { rowsImported: added.length, rowsUpdated: 0, rowsUnchanged: bets.length - added.length }
  const report: ImportReport = {
    ...{ id: deps.newId(), fileName: what, fileSha256: null, format: 'simulated', columns: null },
    ...{ startedAtMs: deps.clock(), finishedAtMs: null, rowsRead: bets.length, ...rows, rowsQuarantined: 0 },
  }
  await deps.imports.begin(report)
  const task = deps.progress.start('Saving simulated bets', added.length)
  await deps.bets.save(added, { importId: report.id, onSaved: (done) => task.advance(done) })
  task.finish()
  const finishedAtMs = deps.clock()
  await deps.imports.finish(report.id, finishedAtMs)
  return { ...report, finishedAtMs }
}

/** @throws {DomainError} `ledger_is_own` */
async function simulatedLedger({ bets }: Pick<SimulateDeps, 'bets'>): Promise<readonly Bet[]> {
  const ledger = await bets.all()
  if (ledger.every(({ origin }) => origin === 'demo')) return ledger
  throw new DomainError(
    'ledger_is_own',
    'this ledger holds bets of your own, and simulated ones are never mixed with them: try it in another --data folder',
  )
}

/**
 * Lets the champion's edge decay: asks it about simulated bets of the last weeks, notes its answers in the prediction log as
 * of then, and lets the bets come out with log-odds that lie `shift` off those served.
 *
 * The model answers with what it knows now, also about bets of weeks ago.
 *
 * @param command.shift  of the log-odds of winning; −0.4 makes 50 % 40 %
 * @throws {DomainError} `ledger_is_own`, `count_out_of_range`, `seed_out_of_range`
 * @throws {UpstreamError} where no model is in service
 */
export async function simulateDecay(
  deps: SimulateDecayDeps,
  command: { count: number; seed: number; shift: number },
): Promise<SimulationReport> {
  const { count, seed, shift } = command
  await simulatedLedger(deps)
  const endsAtMs = deps.clock() - DECAY_ENDS_BEFORE_MS
  const asked = recentBets({ seed, count, endsAtMs }, isAskable)
  const answers = await ask(deps, asked)
  const rng = createRng(seed)
  const bets = asked.map((bet, i) => {
    const served = answers.predictions[i]?.winProbability ?? Number.NaN
    const isWon = rng.next() < sigmoid(logit(served) + shift)
    return settledAs(bet, isWon ? 'won' : 'lost', `demo-decay-${seed}-${String(i + 1).padStart(5, '0')}`)
  })
  const what = `simulated decay, seed ${seed}, shift ${shift}`
  const report = await addSimulated(deps, bets, what)
  await logAnswers(deps, asked, answers, `simulated-decay-${seed}`)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const winRate = mean(bets.map(({ state }) => (state === 'won' ? 1 : 0)))
  const meanProbability = mean(answers.predictions.map(({ winProbability }) => winProbability))
  return { import: report, decay: { modelVersion: answers.loaded.manifest.version, winRate, meanProbability, shift } }
}

function isAskable(bet: Bet): boolean {
  const isNamed = bet.sport !== null && bet.market !== null && bet.book !== null
  return isDecisive(bet.state) && isNamed && bet.decimalOdds !== null && isWithinPriceRange(bet.decimalOdds)
}

function settledAs(bet: Bet, state: 'won' | 'lost', id: string): Bet {
  const { stakeMinor, decimalOdds } = bet
  const won = Math.round((stakeMinor ?? 0) * ((decimalOdds ?? 1) - 1))
  return { ...bet, id, state, profitMinor: state === 'won' ? won : -(stakeMinor ?? 0) }
}

async function ask({ objects, loadScorer, logger, clock }: SimulateDecayDeps, bets: readonly Bet[]) {
  const model = createServingModel({ objects, loadScorer, logger, clock, maxAgeMs: DAY_MS })
  await model.refresh()
  try {
    return await predictBets({ model, clock }, bets.map(questionOf))
  } finally {
    await model.current()?.scorer.release()
  }
}

function questionOf({ sport, league, market, book, betType, isLive, decimalOdds }: Bet): BetQuestion {
  const names = { sport: sport ?? '', league: league ?? '', market: market ?? '', book: book ?? '' }
  return { ...names, betType, isLive, americanOdds: Math.round(americanFromDecimal(decimalOdds ?? Number.NaN)) }
}

/** Notes answers as the service would have, one object a day. */
async function logAnswers(
  { objects, newId }: SimulateDecayDeps,
  bets: readonly Bet[],
  { loaded, predictions, values }: BetAnswers,
  requestId: string,
): Promise<void> {
  const { names } = loaded.inputs
  const lines = new Map<string, { firstAtMs: number; lines: string[] }>()
  for (const [index, bet] of bets.entries()) {
    const prediction = predictions[index]
    if (prediction === undefined) continue
    const atMs = bet.placedAtMs - ASKED_BEFORE_MS
    const { league, ...question } = questionOf(bet)
    const { modelVersion, origin, winProbability, expectedReturn, confidence, grade, staleFeatures } = prediction
    const entry = {
      ...{ requestId, index, keyId: null, atMs, modelVersion, origin, league, ...question },
      ...{ decimalOdds: bet.decimalOdds ?? Number.NaN, clvPct: null, featureNames: names },
      featureValues: values.subarray(index * names.length, (index + 1) * names.length),
      ...{ winProbability, expectedReturn, confidence, grade, staleFeatures, latencyMs: 0 },
    }
    const day = new Date(atMs).toISOString().slice(0, 10)
    const batch = lines.get(day) ?? { firstAtMs: atMs, lines: [] }
    lines.set(day, batch)
    batch.lines.push(servedPredictionLine(entry, { id: newId(), functionVersion: null }))
  }
  for (const { firstAtMs, lines: texts } of lines.values()) {
    await objects.put(predictionLogKey(firstAtMs, requestId), `${texts.join('\n')}\n`)
  }
}
