import type { AlertContent } from './message.ts'
import { plainName, plainText } from './plain-text.ts'
import type { EventOf } from './rule.ts'
import { driftPayload, highGradeBetPayload } from './webhook-payload.ts'

/** What messages say, event by event. Whatever came from outside goes through {@link plainText}. */

/** Where the guide to what is the matter stands. */
const RUNBOOK = 'RUNBOOK.md'

function content(title: string, lines: readonly string[], more: Partial<AlertContent> = {}): AlertContent {
  return { title: plainText(title), lines: lines.map((line) => plainText(line)), link: null, webhook: null, ...more }
}

/** At most so many of a list are named. */
const NAMED = 8

function named(items: readonly string[], total: number = items.length): string {
  const shown = items.slice(0, NAMED).map(plainName)
  const rest = total - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

/** Checks of the quality gate whose figures are shares of one, whatever their names say. */
const SHARES = /_pct$|^win_rate_range$/

export function qualityGateWords({ failed, bets, runId }: EventOf<'QualityGateFailed'>): AlertContent {
  const lines = failed.slice(0, NAMED).map(({ name, value, low, high }) => {
    const told = (x: number) => (SHARES.test(name) ? `${figure(100 * x)} %` : figure(x))
    const limits = [low === null ? '' : `at least ${told(low)}`, high === null ? '' : `at most ${told(high)}`]
    const asked = limits.filter((part) => part !== '').join(' and ')
    return `${plainName(name)}: ${value === null ? 'nothing to measure' : told(value)}, asked for: ${asked}`
  })
  return content(
    `Data quality gate failed: ${failed.length} ${failed.length === 1 ? 'check' : 'checks'}`,
    [...lines, `${bets} bets; scoring goes on, training on bets of your own waits until they pass`, `Run ${runId}`],
    { link: `${RUNBOOK}#data-quality` },
  )
}

export function criticalAnomaliesWords({ critical, examples, runId }: EventOf<'CriticalAnomalies'>): AlertContent {
  const lines = examples.slice(0, 3).map(({ recordId, sentence }) => `${plainName(recordId)}: ${sentence}`)
  return content(`${critical} critical anomalies in the bets`, [...lines, `Run ${runId}`], {
    link: `${RUNBOOK}#critical-anomalies`,
  })
}

export function syncFailedWords({ source, attempts, reason }: EventOf<'SyncFailed'>): AlertContent {
  const tries = attempts === 1 ? 'at once, trying again would not help' : `${attempts} times`
  return content(`Bets of ${plainName(source)} could not be read`, [`Failed ${tries}`, `Reason: ${reason}`], {
    link: `${RUNBOOK}#sync-failed`,
  })
}

export function dataStaleWords(event: EventOf<'DataStale'>): AlertContent {
  const { hoursSinceLastChange, lastChangeAt, thresholdHours } = event
  return content(
    `Data are ${figure(hoursSinceLastChange)} h old`,
    [`Last change ${lastChangeAt}`, `Told after ${figure(thresholdHours)} h`],
    { link: `${RUNBOOK}#data-stale` },
  )
}

export function driftWords(event: EventOf<'DriftDetected'>): AlertContent {
  const { drifted, driftedCount, checked, reason, reportId, modelVersion, requiresRetraining } = event
  const names = drifted.map(({ name, severity }) => `${plainName(name)} (${severity})`)
  return content(
    requiresRetraining ? 'Drift: the model needs retraining' : `Drift in ${driftedCount} of ${checked} columns`,
    [reason, `By how much: ${named(names, driftedCount)}`, `Model ${modelVersion ?? 'none'}, report ${reportId}`],
    requiresRetraining ? { link: `${RUNBOOK}#drift`, webhook: driftPayload(event) } : {},
  )
}

export function decayWords(event: EventOf<'DecayDetected'>): AlertContent {
  const { modelVersion, outcomes, evidence, threshold, logLoss, marketLogLoss, reason } = event
  return content(
    `Model ${plainName(modelVersion)} has decayed`,
    [
      reason,
      `Log loss ${logLoss.toFixed(4)}, the market ${marketLogLoss.toFixed(4)}, over ${outcomes} settled bets`,
      `Evidence ${figure(evidence)}, decay is called at ${figure(threshold)}`,
    ],
    { link: `${RUNBOOK}#decay` },
  )
}

export function retrainingRequestedWords({ rule, reason, requestId }: EventOf<'RetrainingRequested'>): AlertContent {
  return content(`Retraining was asked for: ${RULE_WORDS[rule]}`, [reason, `Request ${requestId}`])
}

const RULE_WORDS: Readonly<Record<EventOf<'RetrainingRequested'>['rule'], string>> = {
  decay: 'the model in service has decayed',
  drift: 'bets have drifted',
  age: 'the model in service is old',
  schedule: 'it is the day for it',
  forced: 'a person asked for it',
}

export function retrainingFinishedWords(event: EventOf<'RetrainingFinished'>): AlertContent {
  const { outcome, modelVersion, reason, rule, requestId } = event
  const titles = {
    promoted: `Retraining: ${plainName(modelVersion ?? 'a new model')} serves now`,
    kept: 'Retraining: the model in service stays',
    refused: 'Retraining: nothing was learned',
    failed: 'Retraining failed',
  }
  const lines = [...explained(reason), `Asked for because ${RULE_WORDS[rule]} (request ${requestId})`]
  return content(titles[outcome], lines, outcome === 'failed' ? { link: `${RUNBOOK}#retraining-failed` } : {})
}

export function modelPromotedWords({ modelVersion, previous, reason }: EventOf<'ModelPromoted'>): AlertContent {
  const lines = [...explained(reason), `Before: ${previous ?? 'none'}`]
  return content(`Model ${plainName(modelVersion)} serves now`, lines)
}

export function modelRolledBackWords({ modelVersion, previous, reason }: EventOf<'ModelRolledBack'>): AlertContent {
  return content(`Rolled back to model ${plainName(modelVersion)}`, [reason, `Before: ${previous ?? 'none'}`], {
    link: `${RUNBOOK}#rolled-back`,
  })
}

export function canaryUnhealthyWords(event: EventOf<'CanaryUnhealthy'>): AlertContent {
  const { stage, stable, canary, weight, alarm, reason } = event
  return content(
    `Canary of ${plainName(event.function)} is unhealthy (${plainName(stage)})`,
    [
      `Version ${canary} had ${percent(weight)} of the traffic, version ${stable} the rest`,
      `Alarm ${plainName(alarm)}: ${reason}`,
    ],
    { link: `${RUNBOOK}#canary` },
  )
}

export function trafficShiftedWords(event: EventOf<'TrafficShifted'>): AlertContent {
  const { stage, move, stable, canary, weight } = event
  const share =
    canary === null ? `version ${stable} has all` : `version ${canary} has ${percent(weight)}, ${stable} the rest`
  return content(`Traffic of ${plainName(event.function)} shifted (${plainName(stage)}): ${move}`, [share])
}

export function highGradeBetWords(event: EventOf<'HighGradeBet'>): AlertContent {
  const { grade, sport, league, market, book, decimalOdds, americanOdds, winProbability, expectedRoiPct } = event
  const american = americanOdds > 0 ? `+${americanOdds}` : String(americanOdds)
  return content(
    `Grade ${grade}: ${plainName(league)}, ${plainName(market)}${event.isLive ? ', live' : ''}`,
    [
      `${plainName(sport)} at ${plainName(book)}, odds ${decimalOdds.toFixed(2)} (${american})`,
      `Win ${percent(winProbability)}, ROI ${signed(expectedRoiPct)} %, stake ${event.recommendedStakePct.toFixed(2)} % of bankroll`,
      ...(event.origin === 'demo' ? ['From a simulated ledger: no advice'] : []),
    ],
    { webhook: highGradeBetPayload(event) },
  )
}

export function opportunityWords(event: EventOf<'OpportunityCaptured'>): AlertContent {
  const { sport, league, market, book, decimalOdds, expectedValuePct, expiresAt } = event
  const value = expectedValuePct === null ? 'value not told' : `value ${signed(expectedValuePct)} % as told`
  return content(`Opportunity: ${plainName(league ?? sport)}, ${plainName(market)}`, [
    `${plainName(sport)} at ${plainName(book)}, odds ${decimalOdds.toFixed(2)}, ${value}`,
    `Until ${expiresAt}`,
  ])
}

const GLOSS =
  'Log loss says how far probabilities were off; a model is proven better where the whole range of 95 % lies below zero'

/** Why a model serves or does not, and what its figure means. */
function explained(reason: string): string[] {
  const shown = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
  const isOfLoss = /log loss/i.test(reason)
  return isOfLoss ? [shown, GLOSS] : [shown]
}

/** Four significant digits, without trailing noughts; counts as they are. */
function figure(x: number): string {
  if (Number.isSafeInteger(x)) return String(x)
  return Math.abs(x) >= 1e15 ? x.toExponential(3) : String(Number(x.toPrecision(4)))
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function signed(x: number): string {
  return `${x >= 0 ? '+' : ''}${x.toFixed(2)}`
}
