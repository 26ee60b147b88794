#!/usr/bin/env node
/**
 * Times predictions inside this process, through `app.fetch` and stage by stage, over a model of 200 trees.
 *
 * npm run bench:api-inprocess -- [SECONDS]      (default 1 for each figure)
 */
import { batchRoutes } from '../../functions/prediction/batch-routes.ts'
import { toAskedBet, toPredictionBody } from '../../functions/prediction/predict-body.ts'
import { predictBodySchema } from '../../functions/prediction/predict-contract.ts'
import { predictRoutes } from '../../functions/prediction/predict-routes.ts'
import { servingScorer } from '../../functions/prediction/serving-scorer.ts'
import { STYLE } from '../../functions/prediction/style.ts'
import { onnxScorer } from '../../shared/adapters/onnx-scorer.ts'
import type { Blend } from '../../shared/blend/blend.ts'
import { onlineVector } from '../../shared/features/online.ts'
import { createApi } from '../../shared/http/api.ts'
import { createRng } from '../../shared/kernel/random.ts'
import type { LoggedPrediction } from '../../shared/performance/served-prediction.ts'
import { servedPredictionLine } from '../../shared/performance/served-prediction.ts'
import { MARKET_LOG_ODDS_INDEX, WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import type { Scorer } from '../../shared/registry/scorer.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import { coalescingScorer } from '../../shared/usecases/coalescing-scorer.ts'
import { createExplanations } from '../../shared/usecases/explain-prediction.ts'
import { createHighGradePublisher } from '../../shared/usecases/high-grade-bets.ts'
import { predictBets } from '../../shared/usecases/predict-bets.ts'
import { createPredictionLog } from '../../shared/usecases/prediction-log.ts'
import { servePredictions } from '../../shared/usecases/serve-predictions.ts'
import { randomLedger } from '../support/bets.ts'
import { memoryEventPublisher } from '../support/memory-event-publisher.ts'
import { MODELS_MADE_MS, marketBlend } from '../support/models.ts'
import { randomTrees } from '../support/onnx-models.ts'
import { openAccess } from '../support/open-access.ts'
import { countCovers, fixedServing } from '../support/serving.ts'

const SECONDS = Number(process.argv[2] ?? 1)
const N_TREES = 200

/** The price with trees on top, as training makes it. */
function boostedBlend(): Blend {
  const nFeatures = WIN_PROBABILITY_INPUTS.length
  const trees = singleOutput(randomTrees(createRng(1), nFeatures, N_TREES, 0.005), nFeatures)
  for (const tree of trees.trees) countCovers(tree)
  const start = { column: MARKET_LOG_ODDS_INDEX, slope: 1, intercept: 0 }
  const member = { kind: 'boosted' as const, start, trees }
  return { ...marketBlend(), members: [{ name: 'boosted', weight: 1, member }] }
}

const clock = () => MODELS_MADE_MS
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const metrics = { record: () => {} }
const ledger = randomLedger(1, 4000)
const model = await fixedServing({ ledger, load: servingScorer, blend: boostedBlend() })
const runtime: Scorer = await onnxScorer(model.loaded.onnx, WIN_PROBABILITY_INPUTS.length)
const together = coalescingScorer(runtime, WIN_PROBABILITY_INPUTS.length, setImmediate)
const log = createPredictionLog({
  ...{ objects: { put: async () => {} }, clock, sleep, newId: () => crypto.randomUUID(), logger: quiet, metrics },
  functionVersion: null,
})
const highGrade = createHighGradePublisher({ publisher: memoryEventPublisher(), clock, sleep, logger: quiet, metrics })
const deps = { model, clock, stopwatch: () => performance.now(), log, highGrade, metrics }
const app = createApi({ style: STYLE, logger: quiet, clock, access: openAccess(), rateLimit: 'off' })
  .route('/', predictRoutes(deps))
  .route('/', batchRoutes(deps))
app.get('/live', (c) => c.json({ status: 'alive' }))

function body(i: number) {
  const bet = ledger[i % ledger.length]
  return {
    ...{ sport: bet?.sport ?? 'Golf', league: bet?.league ?? 'PGA', market: bet?.market ?? 'Total' },
    ...{ institution_name: bet?.book ?? 'bet365', odds: i % 2 ? -110 - (i % 90) : 100 + (i % 400) },
  }
}

const TEXTS = Array.from({ length: 512 }, (_, i) => JSON.stringify(body(i)))
const BATCHES = Array.from({ length: 16 }, (_, k) =>
  JSON.stringify({ bets: Array.from({ length: 100 }, (_, i) => body(100 * k + i)) }),
)
const post = (path: string, text: string) =>
  new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // As every client announces it: without it the body is measured by reading it twice.
      'content-length': String(Buffer.byteLength(text)),
      'x-api-key': 'cl_live_x',
    },
    body: text,
  })

/** Calls before measuring, so that what is measured is compiled. */
const WARM_CALLS = 10_000

/** Runs `work` for a while, `atOnce` at a time, and prints what one costs; the processor time is this thread's alone. */
async function time(name: string, work: (i: number) => unknown, atOnce = 1): Promise<void> {
  const run = async (isOver: (calls: number) => boolean) => {
    const times: number[] = []
    for (let i = 0; !isOver(i); i += atOnce) {
      const begin = performance.now()
      if (atOnce === 1) await work(i)
      else await Promise.all(Array.from({ length: atOnce }, (_, k) => work(i + k)))
      times.push(performance.now() - begin)
    }
    return times
  }
  const warmUntil = performance.now() + 5000 * SECONDS
  await run((calls) => calls >= WARM_CALLS || performance.now() > warmUntil)
  const until = performance.now() + 1000 * SECONDS
  const before = process.threadCpuUsage()
  const times = (await run(() => performance.now() > until)).sort((a, b) => a - b)
  const { user, system } = process.threadCpuUsage(before)
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? Number.NaN).toFixed(3)
  const cpu = ((user + system) / (times.length * atOnce)).toFixed(1)
  process.stdout.write(`${name.padEnd(46)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  cpu ${cpu} µs each\n`)
}

const { loaded } = model
const question = toAskedBet(predictBodySchema.parse(body(1)))
const { predictions, values } = await predictBets(deps, [question])
const [prediction] = predictions
if (prediction === undefined) throw new Error('no prediction')
const explain = createExplanations()
const requestId = 'bench'
const noted: LoggedPrediction[] = []
await servePredictions(
  { ...deps, log: { append: (entries) => void noted.push(...entries) } },
  { requestId, keyId: null, bets: [question] },
)
const [entry] = noted
if (entry === undefined) throw new Error('no entry')

await time('live', async () => (await app.fetch(new Request('http://localhost/live'))).text())
await time('predict', async (i) => (await app.fetch(post('/api/v1/predict', TEXTS[i % 512] ?? ''))).text())
await time(
  'predict, 16 at a time',
  async (i) => (await app.fetch(post('/api/v1/predict', TEXTS[i % 512] ?? ''))).text(),
  16,
)
await time('predict?explain=true', async (i) =>
  (await app.fetch(post('/api/v1/predict?explain=true', TEXTS[i % 512] ?? ''))).text(),
)
await time('batch-predict of 100', async (i) =>
  (await app.fetch(post('/api/v1/batch-predict', BATCHES[i % 16] ?? ''))).text(),
)
await time('  making a Request', (i) => post('/api/v1/predict', TEXTS[i % 512] ?? ''))
await time('  reading its body', async (i) => post('/api/v1/predict', TEXTS[i % 512] ?? '').json())
await time('  JSON.parse', (i) => JSON.parse(TEXTS[i % 512] ?? ''))
await time('  checking a body (zod)', () => predictBodySchema.safeParse(body(1)))
await time('  features of a bet', () =>
  onlineVector(loaded.snapshot, loaded.inputs, { ...question, decimalOdds: 2 }, clock()),
)
const hundred = new Float32Array(100 * values.length)
await time('  scoring a row', () => loaded.scorer.score(values, 1))
await time('  scoring 100 rows', () => loaded.scorer.score(hundred, 100))
await time('  a row in ONNX Runtime', () => runtime.score(values, 1))
await time('  100 rows in ONNX Runtime', () => runtime.score(hundred, 100))
await time('  a row in ONNX Runtime, 16 at a time in one run', () => together.score(values, 1), 16)
await time('  predictBets of one', () => predictBets(deps, [question]))
await time('  servePredictions of one', () => servePredictions(deps, { requestId, keyId: null, bets: [question] }))
await time('  the body and its JSON', () => JSON.stringify(toPredictionBody(prediction)))
await time('  an explanation', () => explain(loaded, values, prediction.winProbability))
await time('  a line of the prediction log', () =>
  servedPredictionLine(entry, { id: requestId, functionVersion: null }),
)
