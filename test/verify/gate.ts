#!/usr/bin/env node
/**
 * Asks whether the gate tells an edge from none, in simulated ledgers whose truth is known.
 *
 * Prices, names and times are the simulator's; the results are drawn anew: every bet wins with the probability
 * sigmoid(logit(1/price) − 0.1), so that the recalibrated price is the truth, but for a segment that wins more often by a
 * given number of points. Each ledger is learned, scored on its latest fifth and judged as in training. Beside the model
 * stands an oracle that knows the probability of every bet and learns nothing: where even the oracle's lead on the price is
 * not proven on these bets, no model's can be.
 *
 *     npm run verify:gate -- [--seeds 100] [--bets 6000] [--edge-seeds 10] [--edge-bets 20000] [--edge 0.03] [--json]
 *
 * Exits with 1 where a ledger without an edge passes more often than once in twenty.
 */
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import { isDecisive } from '../../shared/bets/settlement.ts'
import type { LossDifference } from '../../shared/evaluation/comparison.ts'
import { compareLogLoss } from '../../shared/evaluation/comparison.ts'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import { logit, mean, sigmoid } from '../../shared/kernel/numeric.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { dayOfRow, learningRows } from '../../shared/recipe/dataset.ts'
import { runFold } from '../../shared/recipe/walk-forward.ts'
import { createModelRegistry } from '../../shared/registry/registry.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { trainModel } from '../../shared/usecases/train-model.ts'
import { modelRows } from '../support/learning-rows.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'

const SEGMENT = 'Basketball'
/** An edge takes no bet beyond this probability. */
const MOST_CERTAIN = 0.98
const ENDS_AT_MS = Date.UTC(2026, 0, 1)

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    bets: { type: 'string', default: '6000' },
    'edge-seeds': { type: 'string', default: '10' },
    'edge-bets': { type: 'string', default: '20000' },
    edge: { type: 'string', default: '0.03' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) {
  process.stdout.write(
    'verify:gate [--seeds 100] [--bets 6000] [--edge-seeds 10] [--edge-bets 20000] [--edge 0.03] [--json]\n',
  )
} else process.exitCode = await main()

async function main(): Promise<number> {
  const none = await judgeSeeds(Number(options.seeds), Number(options.bets), 0)
  const edge = await judgeSeeds(Number(options['edge-seeds']), Number(options['edge-bets']), Number(options.edge))
  const passedWithout = none.filter(({ verdict }) => verdict === 'proven').length
  const report = {
    withoutEdge: { seeds: none.length, bets: Number(options.bets), proven: passedWithout },
    withEdge: {
      seeds: edge.length,
      bets: Number(options['edge-bets']),
      edge: Number(options.edge),
      proven: edge.filter(({ verdict }) => verdict === 'proven').length,
      provenForAnOracle: edge.filter(({ oracle }) => oracle.high < 0).length,
      withinOnePoint: edge.filter(({ gap }) => Math.abs(gap) <= 0.01).length,
      ledgers: edge,
    },
  }
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${textOf(report, edge)}\n`)
  return passedWithout > none.length / 20 ? 1 : 0
}

interface Judged {
  seed: number
  verdict: string
  /** Bets of the segment among those that nothing was learned from. */
  segmentBets: number
  /** Mean predicted probability of these less the true one; that of the recalibrated price. */
  gap: number
  marketGap: number
  difference: LossDifference
  /** The same of an oracle that knows each probability. */
  oracle: LossDifference
}

async function judgeSeeds(seeds: number, count: number, shift: number): Promise<Judged[]> {
  const out: Judged[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    out.push(await judgeLedger(seed, count, shift))
    process.stderr.write(`\r${shift === 0 ? 'no edge' : `edge of ${shift}`}: ${seed} of ${seeds} ledgers`)
  }
  process.stderr.write('\n')
  return out
}

async function judgeLedger(seed: number, count: number, shift: number): Promise<Judged> {
  const { bets, truth } = worldOf(seed, count, shift)
  const ledger = modelRows(bets)
  const clock = () => performance.timeOrigin + performance.now()
  const registry = createModelRegistry(memoryObjectStore(), clock)
  const deps = { registry, loadScorer: onnxScorer, clock, progress: silentProgress }
  const identity = { ledgerSha256: await sha256Hex(`${seed}`), origin: 'demo' as const }
  const { candidate } = await trainModel(deps, ledger, { ...identity, lakeRunId: null, dataQuality: null })
  const rows = learningRows(ledger)
  const { predictions } = runFold(rows, { testBegin: Math.floor(rows.matrix.nRows * 0.8), testEnd: rows.matrix.nRows })
  const inSegment = Array.from(predictions.test.ledgerRows.keys()).filter(
    (r) => ledger.bets[predictions.test.ledgerRows[r] as number]?.sport === SEGMENT,
  )
  const meanOf = (value: (r: number) => number) => mean(inSegment.map(value))
  const trueProbability = (r: number) =>
    truth.get(ledger.bets[predictions.test.ledgerRows[r] as number]?.id ?? '') ?? Number.NaN
  const real = meanOf(trueProbability)
  const { test, recalibratedImplied } = predictions
  const known = test.labels.map((_, r) => trueProbability(r))
  return {
    seed,
    verdict: candidate.verdict,
    segmentBets: inSegment.length,
    gap: meanOf((r) => predictions.model[r] as number) - real,
    marketGap: meanOf((r) => predictions.recalibratedImplied[r] as number) - real,
    difference: candidate.scores.modelMinusRecalibrated,
    oracle: compareLogLoss(test.labels, known, recalibratedImplied, dayOfRow(test)),
  }
}

/** A simulated ledger whose results are drawn anew, with the probability of each bet by id. */
function worldOf(seed: number, count: number, shift: number): { bets: Bet[]; truth: Map<string, number> } {
  const rng = createRng(seed + 1000)
  const truth = new Map<string, number>()
  const bets = simulateLedger({ seed, count, endsAtMs: ENDS_AT_MS }).map((bet): Bet => {
    if (bet.decimalOdds === null || !isDecisive(bet.state)) return bet
    const p = Math.min(MOST_CERTAIN, sigmoid(logit(1 / bet.decimalOdds) - 0.1) + (bet.sport === SEGMENT ? shift : 0))
    truth.set(bet.id, p)
    const won = rng.next() < p
    const stake = bet.stakeMinor ?? 0
    return {
      ...bet,
      state: won ? 'won' : 'lost',
      profitMinor: won ? Math.round(stake * (bet.decimalOdds - 1)) : -stake,
    }
  })
  return { bets, truth }
}

function textOf(report: { withoutEdge: { seeds: number; bets: number; proven: number } }, edge: readonly Judged[]) {
  const { withoutEdge } = report
  const points = (x: number) => (100 * x).toFixed(2)
  const lead = ({ mean: d, low, high }: LossDifference) => `${d.toFixed(5)} (${low.toFixed(5)} to ${high.toFixed(5)})`
  const rows = edge.map(({ seed, verdict, segmentBets, gap, marketGap, difference, oracle }) => [
    String(seed),
    String(segmentBets),
    points(gap),
    points(marketGap),
    lead(difference),
    verdict,
    lead(oracle),
    oracle.high < 0 ? 'proven' : 'not_proven',
  ])
  return [
    `without an edge: ${withoutEdge.proven} of ${withoutEdge.seeds} ledgers of ${withoutEdge.bets} bets pass the gate`,
    '',
    table([
      [
        'seed',
        'segment bets',
        'model - truth, points',
        'price - truth',
        'log loss, model - price',
        'verdict',
        'oracle - price',
        'oracle',
      ],
      ...rows,
    ]),
  ].join('\n')
}
