import type { DecayReport, Interval, VersionDecay } from '../../shared/performance/decay-report.ts'
import type { Alias } from '../../shared/registry/alias.ts'
import type { RetrainingDecision } from '../../shared/usecases/decide-retraining.ts'
import type { RetrainingRecord } from '../../shared/usecases/retrain.ts'
import { decaySentence } from '../../shared/usecases/watch-decay.ts'
import { block } from '../report.ts'
import { minuteOf } from './model-figures.ts'

/** Segments that are off, named in the terminal. */
const SHOWN_SEGMENTS = 5

export interface RetrainingStatus {
  champion: Alias | null
  decay: DecayReport | null
  decision: RetrainingDecision | null
  /** Request of the training that runs. */
  running: string | null
  last: RetrainingRecord | null
}

/** What serves, how it holds, what the rules said, what is under way. */
export function statusText({ champion, decay, decision, running, last }: RetrainingStatus): string {
  const serves = champion === null ? 'no version serves' : `${champion.version} since ${minuteOf(champion.since)}`
  return [
    block('Serving', [serves]),
    block('What was served', decayLines(decay)),
    decision === null
      ? block('Decision', ['none has been made yet: closeline retraining --check'])
      : decisionText(decision),
    block('Training', [
      running === null ? 'none is under way' : `under way: ${running}`,
      ...(last === null ? [] : recordText(last).split('\n')),
    ]),
  ].join('\n')
}

/** What the rules said and why. */
export function decisionText({ at, decision, reason, rules, holds, requestId }: RetrainingDecision): string {
  const said = { request: `training is asked for (${requestId})`, hold: 'training is held back', none: 'no training' }
  const mark = (applies: boolean) => (applies ? 'x' : ' ')
  return block(`Decision of ${minuteOf(at)}: ${said[decision]}`, [
    reason,
    ...rules.map(({ name, applies, sentence }) => `asks  [${mark(applies)}] ${name.padEnd(12)} ${sentence}`),
    ...holds.map(({ name, applies, sentence }) => `holds [${mark(applies)}] ${name.padEnd(12)} ${sentence}`),
  ])
}

/** Every request, the latest first. */
export function historyText(history: { records: readonly RetrainingRecord[]; unreadable: readonly string[] }): string {
  const { records, unreadable } = history
  const damaged = unreadable.map((folder) => `${folder} cannot be read`)
  if (records.length === 0) return ['No training has been asked for yet.', ...damaged].join('\n')
  return [...records.map(recordText), ...damaged].join('\n')
}

/** One request, and what came of it. */
export function recordText(record: RetrainingRecord): string {
  const { requestId, rule, reason, requestedAt, state, finished } = record
  const head = `${minuteOf(requestedAt)}  ${rule.padEnd(8)}  ${requestId}\n    asked: ${reason}`
  if (finished === null) return `${head}\n    ${state === 'running' ? 'under way' : 'not begun yet'}`
  const { outcome, served, at } = finished
  const now = served === null ? '' : `, ${served} serves`
  return `${head}\n    ${outcome} at ${minuteOf(at)}${now}: ${finished.reason}`
}

function decayLines(decay: DecayReport | null): string[] {
  const [champion] = (decay?.versions ?? []).filter(({ isChampion }) => isChampion)
  if (champion === undefined) return ['nothing that the champion served has been looked at yet']
  return [decaySentence(champion), ...figureLines(champion), ...segmentLines(champion)]
}

function figureLines({ scores, test, bets, expected, stale, training, byFunction }: VersionDecay): string[] {
  const evidence = `evidence of decay ${figure(test.evidence)}, at most ${figure(test.largestEvidence)} so far`
  const lines = [
    `${evidence}; ${test.threshold} proves it; ${bets.inTest} results in the test, ${bets.open} bets open`,
    `served ${expected.served.n} times, expected log loss ${maybe(expected.served.logLoss)}; stale features ${maybe(stale.share)}`,
  ]
  if (scores !== null) {
    lines.push(
      `log loss ${interval(scores.logLoss)} (training ${maybe(training?.model.logLoss ?? null)}), Brier ${interval(scores.brier)}, ` +
        `less the market's ${interval(scores.minusMarket)}`,
      `calibration slope ${interval(scores.calibration?.slope ?? null)}, ECE ${interval(scores.ece)} (chance ${scores.ece.chance.toFixed(3)})`,
    )
  }
  for (const one of byFunction.filter(({ functionVersion }) => functionVersion !== null)) {
    const logLoss = one.scores === null ? 'no results' : `log loss ${interval(one.scores.logLoss)}`
    lines.push(`function ${one.functionVersion}: served ${one.predictions} times, ${logLoss}`)
  }
  return lines
}

function segmentLines({ segments }: VersionDecay): string[] {
  return segments
    .filter(({ isOff }) => isOff)
    .slice(0, SHOWN_SEGMENTS)
    .map(
      ({ by, name, n, excess }) =>
        `${by} ${name}: ${(100 * excess.value).toFixed(1)} points off what was served, ${n} bets`,
    )
}

function interval(value: Interval | null): string {
  if (value === null) return 'not told'
  const ends = value.low === null || value.high === null ? '' : ` (${value.low.toFixed(4)} to ${value.high.toFixed(4)})`
  return `${value.value.toFixed(4)}${ends}`
}

function maybe(value: number | null): string {
  return value === null ? 'not told' : value.toFixed(4)
}

function figure(value: number): string {
  return value >= 1e6 ? value.toExponential(1) : value.toFixed(2)
}
