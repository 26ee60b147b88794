import type { DomainEvent } from '../../shared/config/events.ts'

const AT = '2025-06-01T04:00:00.000Z'

/** One event of every type. */
export const EVENTS: readonly DomainEvent[] = [
  {
    type: 'PipelineCompleted',
    at: AT,
    runId: 'run-1',
    trigger: 'schedule',
    sequence: 7,
    bets: 1500,
    changed: 12,
    quarantined: 3,
    durationMs: 4200.5,
    passedGate: false,
  },
  {
    type: 'QualityGateFailed',
    at: AT,
    runId: 'run-1',
    failed: [
      { name: 'max_null_odds_pct', value: 7.5, low: null, high: 5 },
      { name: 'min_settled_pct', value: null, low: 50, high: null },
    ],
    bets: 1500,
  },
  {
    type: 'CriticalAnomalies',
    at: AT,
    runId: 'run-1',
    critical: 11,
    examples: [{ recordId: 'bet-1', type: 'impossible_odds', sentence: 'Ein Preis von 0 für „Köln – Mainz“.' }],
  },
  { type: 'SyncFailed', at: AT, source: 'supabase', attempts: 3, reason: 'fetch failed' },
  {
    type: 'DataStale',
    at: AT,
    hoursSinceLastChange: 50.5,
    lastChangeAt: '2025-05-30T01:30:00.000Z',
    thresholdHours: 48,
  },
  {
    type: 'HighGradeBet',
    at: AT,
    requestId: 'request-1',
    ...{
      sport: 'Basketball',
      league: 'NBA',
      market: 'Spread',
      book: 'Köln Wetten',
      betType: 'straight',
      isLive: false,
    },
    ...{ decimalOdds: 2.1, americanOdds: 110, grade: 'A', winProbability: 0.52, expectedRoiPct: 9.2, confidence: 0.8 },
    ...{ recommendedStakePct: 2.09, modelVersion: 'blend-0f3a9c2b71de', origin: 'own' },
  },
  {
    type: 'OpportunityCaptured',
    at: AT,
    opportunityId: 'offer-1',
    ...{ sport: 'Basketball', league: null, market: 'Spread', book: 'Köln Wetten' },
    ...{ decimalOdds: 2.1, expectedValuePct: null, expiresAt: '2025-06-02T04:00:00.000Z' },
  },
  {
    type: 'DriftDetected',
    at: AT,
    reportId: '20250601T040000.json',
    modelVersion: 'blend-0f3a9c2b71de',
    checked: 36,
    drifted: [{ name: 'sport', severity: 'moderate', effect: 0.12 }],
    driftedCount: 1,
    requiresRetraining: true,
    reason: 'sport moved by 12 %',
  },
  {
    type: 'DecayDetected',
    at: AT,
    modelVersion: 'blend-0f3a9c2b71de',
    outcomes: 480,
    ...{ evidence: 21.5, threshold: 20, logLoss: 0.61, marketLogLoss: 0.59 },
    reason: 'probabilities run high',
  },
  { type: 'RetrainingRequested', at: AT, requestId: 'request-9', rule: 'decay', reason: 'decay is proven' },
  {
    type: 'RetrainingFinished',
    at: AT,
    ...{ requestId: 'request-9', rule: 'decay', outcome: 'kept', modelVersion: null, reason: 'not proven' },
  },
  { type: 'ModelPromoted', at: AT, modelVersion: 'blend-0f3a9c2b71de', previous: null, reason: 'proven' },
  { type: 'ModelRolledBack', at: AT, modelVersion: 'blend-0f3a9c2b71de', previous: null, reason: 'by hand' },
  {
    type: 'TrafficShifted',
    at: AT,
    ...{ stage: 'prod', function: 'prediction', move: 'canary', stable: '7', canary: '8', weight: 0.1 },
  },
  {
    type: 'CanaryUnhealthy',
    at: AT,
    ...{ stage: 'prod', function: 'prediction', stable: '7', canary: '8', weight: 0.1 },
    ...{ alarm: 'closeline-prod-prediction-canary-errors', reason: 'Threshold crossed' },
  },
]

/** A SyncFailed of its own source, its JSON as long as is wanted. */
export function syncFailed(source: string, reason = 'fetch failed'): DomainEvent {
  return { type: 'SyncFailed', at: AT, source, attempts: 1, reason }
}
