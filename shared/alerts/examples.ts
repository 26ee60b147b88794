import type { DomainEvent } from '../config/events.ts'
import { invariant } from '../kernel/errors.ts'
import type { AlertInput } from './input.ts'
import type { AlertMessage } from './message.ts'
import type { AlertRule } from './rule.ts'
import { channelsOf } from './rule.ts'
import { ALERT_RULES } from './rules.ts'

/** A trial message of each rule, or of the one named, in the table's order. */
export function testMessages(nowMs: number, only?: string): AlertMessage[] {
  const inputs = examples(new Date(nowMs).toISOString())
  return ALERT_RULES.filter(({ name }) => only === undefined || name === only).map((rule) => {
    const signal = firstSignal(rule, inputs)
    const { key, severity, content } = signal
    const kind = rule.kind === 'state' ? 'raised' : 'occurred'
    const channels = [...channelsOf(rule, severity)]
    return {
      id: `test-${nowMs}-${rule.name}`,
      rule: rule.name,
      key,
      kind,
      severity,
      atMs: nowMs,
      content,
      channels,
      isTest: true,
    }
  })
}

function firstSignal(rule: AlertRule, inputs: readonly AlertInput[]) {
  for (const input of inputs) {
    const signal = rule.read(input)
    if (signal !== undefined && signal.change !== 'clear') return signal
  }
  invariant(false, `the rule ${rule.name} has no example`)
}

/** One input for each rule; names say that nothing of it is so. */
function examples(at: string): AlertInput[] {
  const name = 'TEST'
  const reason = 'A trial of the channel: nothing has happened.'
  const drift = {
    ...{ type: 'DriftDetected', at, reportId: 'test.json', modelVersion: name, checked: 25, driftedCount: 1, reason },
    drifted: [{ name, severity: 'high', effect: 0.3 }],
  } satisfies Partial<DomainEvent>
  const model = { at, modelVersion: name, previous: name, reason }
  const retraining = {
    type: 'RetrainingFinished',
    at,
    requestId: name,
    rule: 'drift',
    modelVersion: name,
    reason,
  } as const
  const bet = { sport: name, league: name, market: name, book: name, decimalOdds: 2.1 }
  const events: DomainEvent[] = [
    {
      ...{ type: 'CanaryUnhealthy', at, stage: 'dev', function: name, stable: '7', canary: '8', weight: 0.1 },
      ...{ alarm: name, reason },
    },
    { type: 'QualityGateFailed', at, runId: name, failed: [{ name, value: 0.08, low: null, high: 0.05 }], bets: 1500 },
    {
      type: 'CriticalAnomalies',
      at,
      runId: name,
      critical: 11,
      examples: [{ recordId: name, type: name, sentence: reason }],
    },
    { type: 'SyncFailed', at, source: name, attempts: 3, reason },
    { type: 'DataStale', at, hoursSinceLastChange: 50, lastChangeAt: at, thresholdHours: 48 },
    { ...drift, requiresRetraining: true },
    { ...drift, requiresRetraining: false },
    {
      ...{ type: 'DecayDetected', at, modelVersion: name, outcomes: 500, evidence: 25, threshold: 20, logLoss: 0.66 },
      ...{ marketLogLoss: 0.65, reason },
    },
    { type: 'RetrainingRequested', at, requestId: name, rule: 'drift', reason },
    { ...retraining, outcome: 'failed' },
    { ...retraining, outcome: 'kept' },
    { type: 'ModelPromoted', ...model },
    { type: 'ModelRolledBack', ...model },
    { type: 'TrafficShifted', at, stage: 'dev', function: name, move: 'canary', stable: '7', canary: '8', weight: 0.1 },
    {
      ...{ type: 'HighGradeBet', at, requestId: name, ...bet, betType: 'straight', isLive: false, americanOdds: 110 },
      ...{ grade: 'A', winProbability: 0.52, expectedRoiPct: 9.2, confidence: 0.8, recommendedStakePct: 2.09 },
      ...{ modelVersion: name, origin: 'demo' },
    },
    { type: 'OpportunityCaptured', at, opportunityId: name, ...bet, expectedValuePct: 4, expiresAt: at },
  ]
  const alarm = { name: 'closeline-dev-TEST', state: 'ALARM', at, reason, description: reason } as const
  return [{ kind: 'alarm', alarm }, ...events.map((event) => ({ kind: 'event' as const, event }))]
}
