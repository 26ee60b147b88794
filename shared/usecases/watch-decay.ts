import type { Bet } from '../bets/bet.ts'
import type { DomainEvent } from '../config/events.ts'
import { hasDecayed, WATCH_LEVEL } from '../drift/calibration-watch.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import { findCurrentState } from '../lake/state.ts'
import { learnReference } from '../performance/decay-reference.ts'
import type { DecayReport, VersionDecay } from '../performance/decay-report.ts'
import { expectedLogLoss, scoresOf } from '../performance/decay-scores.ts'
import { segmentsOf } from '../performance/decay-segments.ts'
import type { DecayState, LedgerNow } from '../performance/decay-state.ts'
import { lookAgain, newDecayState } from '../performance/decay-state.ts'
import type { MatchedPrediction } from '../performance/match-served.ts'
import { predictionFinder } from '../performance/match-served.ts'
import { servedDriftOf, staleOf } from '../performance/served-drift.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import { DECAY_PREFIX, findDecayState, putDecayReport, putDecayState } from './decay-state.ts'
import type { EventPublisher } from './event-ports.ts'
import type { LakeStore } from './lake-ports.ts'
import { withoutFuture } from './make-month.ts'
import { monthsOf } from './plan-months.ts'
import type { PastPrediction } from './read-served-predictions.ts'
import { LOOKED_BACK_DAYS, readServedPredictions } from './read-served-predictions.ts'

export interface WatchDeps {
  objects: ObjectStore
  lake: Pick<LakeStore, 'readBets'>
  registry: ModelRegistry
  events: EventPublisher
  clock: Clock
}

/** One version with its predictions of late. */
interface Watched {
  state: DecayState
  served: readonly PastPrediction[]
}

/**
 * Looks at what became of the predictions that were served: matches them to the bets of the lake, takes new results into
 * each version's test, and reports scores, segments and drift of every version that served within the log's last
 * {@link LOOKED_BACK_DAYS} days or still awaits results.
 *
 * Publishes `DecayDetected` for the version that serves, once, where its decay is shown. May be run as often as one likes;
 * a bet counts once. A prediction that nobody bet on has no result, and is counted as such.
 */
export async function watchDecay(deps: WatchDeps): Promise<DecayReport> {
  const nowMs = deps.clock()
  const { predictions, unreadable, isCut } = await readServedPredictions(deps.objects, nowMs)
  const champion = (await deps.registry.alias('champion'))?.version
  const bets = await readBets(deps, nowMs)
  const manifests = new Map((await deps.registry.list()).map((manifest) => [manifest.version, manifest]))
  const versions: VersionDecay[] = []
  for (const watched of await lookAll(deps, { predictions, bets, nowMs })) {
    const isChampion = watched.state.modelVersion === champion
    const figures = figuresOf(watched, { manifest: manifests.get(watched.state.modelVersion), isChampion, nowMs })
    const state = isChampion ? await announced(deps, watched.state, figures) : watched.state
    await putDecayState(deps.objects, state)
    versions.push(figures)
  }
  versions.sort((a, b) => Number(b.isChampion) - Number(a.isChampion) || b.predictions - a.predictions)
  const at = new Date(nowMs).toISOString()
  const about = { at, lookedBackDays: LOOKED_BACK_DAYS, unreadable, isCut }
  const report: DecayReport = { format: 'closeline-decay-report/1', ...about, versions }
  await putDecayReport(deps.objects, report)
  return report
}

/** Every bet of the lake, as it is known now. */
async function readBets({ objects, lake }: WatchDeps, nowMs: number): Promise<readonly Bet[]> {
  const state = await findCurrentState(objects)
  if (state === undefined) return []
  const months = await monthsOf(state)
  return withoutFuture(await lake.readBets(months.flatMap(({ files }) => files)), nowMs)
}

interface Seen {
  predictions: readonly PastPrediction[]
  bets: readonly Bet[]
  nowMs: number
}

/** Every version's state after this look. */
async function lookAll({ objects }: WatchDeps, { predictions, bets, nowMs }: Seen): Promise<Watched[]> {
  const origin = bets.some((bet) => bet.origin === 'demo') ? 'demo' : 'own'
  const served = groupByVersion(predictions.filter((prediction) => prediction.origin === origin))
  const stored = (await objects.list(DECAY_PREFIX)).map((key) => key.slice(DECAY_PREFIX.length, -'.json'.length))
  const names = [...new Set([...served.keys(), ...stored])]
  const before = await Promise.all(names.map(async (name) => [name, await findDecayState(objects, name)] as const))
  const states = before.filter(([name, state]) => served.has(name) || (state?.origin === origin && hasOpen(state)))
  const matched = matchAll(predictions, bets, { origin, taken: idsOf(states.flatMap(([, state]) => state ?? [])) })
  const ledger = { bets: new Map(bets.map((bet) => [bet.id, bet])), fromMs: Number.NEGATIVE_INFINITY }
  return states.map(([modelVersion, state]) => {
    const own = served.get(modelVersion) ?? []
    const standing = state?.origin === origin ? state : beginState(modelVersion, origin, { own, bets })
    const now: LedgerNow = { ...ledger, matched: matched.get(modelVersion) ?? [] }
    return { state: lookAgain(standing, now, nowMs), served: own }
  })
}

function hasOpen({ entries }: DecayState): boolean {
  return entries.some(({ look }) => look === null)
}

function idsOf(states: readonly DecayState[]): ReadonlySet<string> {
  return new Set(states.flatMap(({ entries }) => entries.map(({ betId }) => betId)))
}

function beginState(
  modelVersion: string,
  origin: DecayState['origin'],
  { own, bets }: { own: readonly PastPrediction[]; bets: readonly Bet[] },
): DecayState {
  const firstMs = own.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY)
  return newDecayState({ modelVersion, origin, reference: learnReference(bets, firstMs) })
}

/** The bets that no version has taken yet, by the version whose prediction they were placed on. */
function matchAll(
  predictions: readonly PastPrediction[],
  bets: readonly Bet[],
  { origin, taken }: { origin: DecayState['origin']; taken: ReadonlySet<string> },
): Map<string, MatchedPrediction<PastPrediction>[]> {
  const find = predictionFinder(predictions.filter((prediction) => prediction.origin === origin))
  const matched = new Map<string, MatchedPrediction<PastPrediction>[]>()
  for (const bet of bets) {
    if (taken.has(bet.id)) continue
    const prediction = find(bet)
    if (prediction === undefined) continue
    const others = matched.get(prediction.modelVersion) ?? []
    matched.set(prediction.modelVersion, others)
    others.push({ bet, prediction })
  }
  return matched
}

function groupByVersion(predictions: readonly PastPrediction[]): Map<string, PastPrediction[]> {
  const groups = new Map<string, PastPrediction[]>()
  for (const prediction of predictions) {
    const group = groups.get(prediction.modelVersion)
    if (group === undefined) groups.set(prediction.modelVersion, [prediction])
    else group.push(prediction)
  }
  return groups
}

interface About {
  manifest: ModelManifest | undefined
  isChampion: boolean
  nowMs: number
}

function figuresOf({ state, served }: Watched, { manifest, isChampion, nowMs }: About): VersionDecay {
  const { modelVersion, origin, entries, reference, watch, alarm, looks } = state
  const open = entries.filter(({ label }) => label === null)
  const settled = entries.length - open.length
  const functions = new Set([...served, ...entries].map(({ functionVersion }) => functionVersion))
  const inOrder = [...functions].sort((a, b) => (a ?? '').localeCompare(b ?? '', 'en', { numeric: true }))
  return {
    ...{ modelVersion, origin, isChampion, predictions: served.length },
    bets: { open: open.length, settled, inTest: watch.outcomes },
    withoutBet: Math.max(0, served.length - entries.length),
    test: {
      evidence: watch.evidence,
      largestEvidence: watch.largestEvidence,
      threshold: 1 / WATCH_LEVEL,
      hasDecayed: hasDecayed(watch),
      calledAt: alarm?.at ?? null,
      ...{ looks, dispersion: reference.dispersion },
    },
    scores: scoresOf(entries, reference),
    training: manifest === undefined ? null : { model: manifest.scores.model, implied: manifest.scores.implied },
    byFunction: inOrder.map((functionVersion) => ({
      functionVersion,
      predictions: served.filter((one) => one.functionVersion === functionVersion).length,
      scores: scoresOf(
        entries.filter((entry) => entry.functionVersion === functionVersion),
        reference,
      ),
    })),
    segments: segmentsOf(entries, reference.dispersion),
    expected: {
      served: { n: served.length, logLoss: expectedLogLoss(served.map(({ winProbability }) => winProbability)) },
      open: { n: open.length, logLoss: expectedLogLoss(open.map(({ probability }) => probability)) },
    },
    servedDrift: servedDriftOf(served, nowMs),
    stale: staleOf(served),
  }
}

/** Tells that the champion's decay is shown, where nobody has been told. */
async function announced({ events }: WatchDeps, state: DecayState, figures: VersionDecay): Promise<DecayState> {
  const { alarm, modelVersion, watch } = state
  const { scores } = figures
  if (alarm === null || alarm.isAnnounced || scores === null) return state
  const event: DomainEvent = {
    type: 'DecayDetected',
    at: alarm.at,
    modelVersion,
    outcomes: watch.outcomes,
    evidence: watch.largestEvidence,
    threshold: 1 / WATCH_LEVEL,
    logLoss: scores.logLoss.value,
    marketLogLoss: scores.market.logLoss,
    reason: decaySentence(figures),
  }
  await events.publish([event])
  return { ...state, alarm: { ...alarm, isAnnounced: true } }
}

/** What the bets say, in one sentence. */
export function decaySentence({ modelVersion, scores, test, bets }: VersionDecay): string {
  if (scores === null) return `no bet that ${modelVersion} was served for is won or lost yet`
  const per = (p: number) => `${(100 * p).toFixed(1)} %`
  const verdict = test.hasDecayed ? 'no longer hold' : 'are not shown to be wrong'
  return (
    `the probabilities of ${modelVersion} ${verdict}: of ${bets.settled} bets ${per(scores.winRate)} were won, ` +
    `${per(scores.meanProbability)} were served; log loss ${scores.logLoss.value.toFixed(4)}, ` +
    `the market's ${scores.market.logLoss.toFixed(4)}`
  )
}
