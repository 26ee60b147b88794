import type { DomainEvent } from '../config/events.ts'
import { alarmRule } from './alarm-rule.ts'
import type { AlertRule, EventOf } from './rule.ts'
import { occurrence, state } from './rule.ts'
import {
  canaryUnhealthyWords,
  criticalAnomaliesWords,
  dataStaleWords,
  decayWords,
  driftWords,
  highGradeBetWords,
  modelPromotedWords,
  modelRolledBackWords,
  opportunityWords,
  qualityGateWords,
  retrainingFinishedWords,
  retrainingRequestedWords,
  syncFailedWords,
  trafficShiftedWords,
} from './words.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Age of the data in hours at which it becomes a warning; below it is a notice. */
const STALE_WARNING_HOURS = 48

/** For machines and those who follow bets, never by e-mail. */
const BET_CHANNELS = ['telegram', 'n8n', 'console'] as const

/** Drift is looked for every day: what three looks do not find is over. */
const DRIFT_LAPSES_MS = 3 * DAY_MS

/** Bets that have drifted stay in the check's window for weeks, though a model that has learned from them serves. */
const DRIFT_COOLDOWN_MS = 7 * DAY_MS

const ofModel = ({ modelVersion }: { modelVersion: string | null }) => modelVersion ?? 'none'

const anyRun = { words: 'the next run that completes', read: endsAll((event) => event.type === 'PipelineCompleted') }
const goodRun = {
  words: 'a run whose gate passes',
  read: endsAll((event) => event.type === 'PipelineCompleted' && event.passedGate),
}
const changedRun = {
  words: 'a run that finds changes',
  read: endsAll((event) => event.type === 'PipelineCompleted' && event.changed > 0),
}
const otherModel = {
  words: 'another model in service',
  read: (event: DomainEvent) =>
    event.type === 'ModelPromoted' || event.type === 'ModelRolledBack' ? { except: event.modelVersion } : undefined,
}

/** Every rule by which an event becomes a message. An event may be told by none of them. */
export const ALERT_RULES: readonly AlertRule[] = [
  alarmRule,
  occurrence('CanaryUnhealthy', {
    ...{ name: 'canary-unhealthy', severity: 'critical', sameMatter: 'stage, function and version' },
    key: (event) => [event.stage, event.function, event.canary].join(' '),
    content: canaryUnhealthyWords,
  }),
  state('QualityGateFailed', goodRun, {
    ...{ name: 'quality-gate', severity: 'warning', sameMatter: 'the gate', remindAfterMs: DAY_MS },
    content: qualityGateWords,
  }),
  occurrence('CriticalAnomalies', {
    ...{ name: 'critical-anomalies', severity: 'warning', sameMatter: 'all anomalies', cooldownMs: 6 * HOUR_MS },
    content: criticalAnomaliesWords,
  }),
  state('SyncFailed', anyRun, {
    ...{ name: 'sync-failed', severity: 'warning', sameMatter: 'source', remindAfterMs: DAY_MS },
    key: ({ source }) => source,
    content: syncFailedWords,
  }),
  state('DataStale', changedRun, {
    ...{ name: 'data-stale', severity: 'warning', sameMatter: 'the ledger', remindAfterMs: 2 * DAY_MS },
    severityOf: ({ thresholdHours }) => (thresholdHours >= STALE_WARNING_HOURS ? 'warning' : 'notice'),
    content: dataStaleWords,
  }),
  state('DriftDetected', otherModel, {
    ...{ name: 'drift', severity: 'warning', sameMatter: 'the ledger', channels: ['sns', ...BET_CHANNELS] },
    ...{ cooldownMs: DRIFT_COOLDOWN_MS, remindAfterMs: DRIFT_COOLDOWN_MS, lapsesAfterMs: DRIFT_LAPSES_MS },
    when: ({ requiresRetraining }) => requiresRetraining,
    content: driftWords,
  }),
  occurrence('DriftDetected', {
    ...{ name: 'drift-noted', severity: 'info', sameMatter: 'model version', cooldownMs: DAY_MS },
    when: ({ requiresRetraining }) => !requiresRetraining,
    key: ofModel,
    content: driftWords,
  }),
  state('DecayDetected', otherModel, {
    ...{ name: 'decay', severity: 'warning', sameMatter: 'model version', remindAfterMs: 7 * DAY_MS },
    key: ofModel,
    content: decayWords,
  }),
  occurrence('RetrainingRequested', {
    ...{ name: 'retraining-requested', severity: 'info', sameMatter: 'request' },
    key: ({ requestId }) => requestId,
    content: retrainingRequestedWords,
  }),
  occurrence('RetrainingFinished', {
    ...{ name: 'retraining-failed', severity: 'warning', sameMatter: 'request' },
    when: ({ outcome }) => outcome === 'failed',
    key: ({ requestId }) => requestId,
    content: retrainingFinishedWords,
  }),
  occurrence('RetrainingFinished', {
    ...{ name: 'retraining-finished', severity: 'notice', sameMatter: 'request' },
    when: ({ outcome }) => outcome !== 'failed',
    // That another model serves is told by the rule below.
    severityOf: ({ outcome }) => (outcome === 'promoted' ? 'info' : 'notice'),
    key: ({ requestId }) => requestId,
    content: retrainingFinishedWords,
  }),
  occurrence('ModelPromoted', {
    ...{ name: 'model-promoted', severity: 'notice', sameMatter: 'model version' },
    key: ofModel,
    content: modelPromotedWords,
  }),
  occurrence('ModelRolledBack', {
    ...{ name: 'model-rolled-back', severity: 'warning', sameMatter: 'model version' },
    key: ofModel,
    content: modelRolledBackWords,
  }),
  occurrence('TrafficShifted', {
    ...{
      name: 'traffic-shifted',
      severity: 'notice',
      sameMatter: 'stage, function, versions and weight',
      cooldownMs: MINUTE_MS,
    },
    key: (event) => [event.stage, event.function, event.stable, event.canary, event.weight].join(' '),
    content: trafficShiftedWords,
  }),
  occurrence('HighGradeBet', {
    ...{ name: 'high-grade-bet', severity: 'notice', sameMatter: 'bet at its price', cooldownMs: 10 * MINUTE_MS },
    channels: BET_CHANNELS,
    key: betKey,
    content: highGradeBetWords,
  }),
  occurrence('OpportunityCaptured', {
    ...{ name: 'opportunity', severity: 'notice', sameMatter: 'offer', cooldownMs: DAY_MS },
    key: ({ opportunityId }) => opportunityId,
    content: opportunityWords,
  }),
]

function betKey(event: EventOf<'HighGradeBet'>): string {
  const { sport, league, market, book, americanOdds, betType, isLive } = event
  return JSON.stringify([americanOdds, betType, isLive, sport, league, market, book])
}

function endsAll(isEnd: (event: DomainEvent) => boolean) {
  return (event: DomainEvent) => (isEnd(event) ? { except: null } : undefined)
}

/** The rule of this name. */
export function ruleOf(name: string): AlertRule | undefined {
  return ALERT_RULES.find((rule) => rule.name === name)
}
