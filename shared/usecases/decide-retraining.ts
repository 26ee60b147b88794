import * as z from 'zod'
import { WATCH_LEVEL } from '../drift/calibration-watch.ts'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import { findFeatureLayer } from '../lake/feature-layer.ts'
import { findCurrentState, profileOf } from '../lake/state.ts'
import { judgeQuality } from '../quality/gate.ts'
import type { Thresholds } from '../quality/thresholds.ts'
import type { ModelRegistry } from '../registry/registry.ts'
import type { RetrainingRecord } from '../registry/retraining-record.ts'
import type { PastTraining, RetrainingSituation, RetrainingVerdict } from '../registry/retraining-rules.ts'
import { judgeRetraining } from '../registry/retraining-rules.ts'
import { readDecayState } from './decay-state.ts'
import type { DriftReport } from './drift-reports.ts'
import type { EventPublisher } from './event-ports.ts'
import { announced } from './retrain.ts'
import { LOCK_LIFE_MS, trainingHolder } from './retraining-lock.ts'
import { readRetrainings, stepsOf } from './retraining-store.ts'
import { dataQualityOf } from './training-gate.ts'

export interface DecideDeps {
  objects: ObjectStore
  registry: ModelRegistry
  events: EventPublisher
  clock: Clock
}

export interface DecideCommand {
  /** The newest drift check; undefined where there is none. */
  report: DriftReport | undefined
  nowMs: number
  /** Limits of the quality gate. */
  thresholds: Thresholds
}

/** Where the last decision is kept, whatever it was. */
export const LAST_DECISION_KEY = 'retraining/last-decision.json'

/** A request that nobody has begun by then is given up. */
const BEGUN_WITHIN_MS = 24 * 3_600_000

const findingSchema = z.object({ name: z.string(), applies: z.boolean(), sentence: z.string() })

const decisionSchema = z.object({
  format: z.literal('closeline-retraining-decision/1'),
  at: z.iso.datetime(),
  modelVersion: z.string().nullable(),
  decision: z.enum(['request', 'hold', 'none']),
  rule: z.enum(['decay', 'drift', 'age', 'schedule', 'forced']).nullable(),
  reason: z.string(),
  /** Of the training that was asked for; null where none was. */
  requestId: z.string().nullable(),
  rules: z.array(findingSchema),
  holds: z.array(findingSchema),
})

/** Whether training was asked for, and everything that was looked at. */
export type RetrainingDecision = z.infer<typeof decisionSchema>

/**
 * Decides by the rules of `RETRAINING_TABLE` and `HOLD_TABLE` whether models are learned anew; where they are, the request
 * is recorded and `RetrainingRequested` is published.
 *
 * May be run as often as one likes: a request that is open holds back the next, one whose message was cut off is told
 * again, and one that nobody ever began or finished is closed as `failed` first.
 *
 * @throws {DomainError} `corrupt_object`
 */
export async function decideRetraining(deps: DecideDeps, command: DecideCommand): Promise<RetrainingDecision> {
  const { nowMs } = command
  await giveUpDead(deps, nowMs)
  const { records } = await readRetrainings(deps.objects)
  for (const record of records.filter(isOpen)) await announceRequest(deps, record)
  const situation = await situationOf(deps, command, records)
  const verdict = judgeRetraining(situation)
  const decision = await decided(deps, situation, verdict)
  await deps.objects.put(LAST_DECISION_KEY, encodeChecked(decision, decisionSchema, LAST_DECISION_KEY))
  return decision
}

/** The last decision; undefined where none has been made. @throws {DomainError} `corrupt_object` */
export function readLastDecision(objects: ObjectStore): Promise<RetrainingDecision | undefined> {
  return getJson(objects, LAST_DECISION_KEY, decisionSchema)
}

async function decided(
  deps: DecideDeps,
  { nowMs, modelVersion }: RetrainingSituation,
  { decision, rule, reason, rules, holds }: RetrainingVerdict,
): Promise<RetrainingDecision> {
  const at = new Date(nowMs).toISOString()
  const told = { format: 'closeline-retraining-decision/1' as const, at, modelVersion, rule, rules, holds }
  if (decision !== 'request' || rule === null) return { ...told, decision, reason, requestId: null }
  // One name a day: of two that decide at once, one asks.
  const requestId = `${at.slice(0, 10)}-${rule}`
  const steps = await stepsOf(deps.objects, requestId)
  const isNew = await steps.request({ format: 'closeline-retraining-requested/1', requestId, rule, reason, at })
  if (!isNew) return { ...told, decision: 'hold', reason: `${reason}; but ${requestId} asked today already`, requestId }
  await announceRequest(deps, { requestId, rule, reason, requestedAt: at })
  return { ...told, decision, reason, requestId }
}

async function announceRequest(
  { objects, events }: DecideDeps,
  { requestId, rule, reason, requestedAt }: Pick<RetrainingRecord, 'requestId' | 'rule' | 'reason' | 'requestedAt'>,
): Promise<void> {
  // Those of a person or a schedule are carried out by whoever records them.
  if (rule === 'forced' || rule === 'schedule') return
  const steps = await stepsOf(objects, requestId)
  await steps.once('request-announced', () =>
    events.publish([{ type: 'RetrainingRequested', at: requestedAt, requestId, rule, reason }]),
  )
}

/** Closes requests that nobody works on any more. */
async function giveUpDead(deps: DecideDeps, nowMs: number): Promise<void> {
  const { records } = await readRetrainings(deps.objects)
  const holder = await trainingHolder(deps.objects, nowMs)
  for (const record of records.filter(isOpen)) {
    if (record.requestId === holder || !isDead(record, nowMs)) continue
    const steps = await stepsOf(deps.objects, record.requestId)
    const nothing = { candidate: null, served: null, previous: null, ledgerSha256: null }
    const reason =
      record.startedAt === null
        ? `nobody began it within ${BEGUN_WITHIN_MS / 3_600_000} hours`
        : `it began at ${record.startedAt} and was never finished`
    const at = new Date(nowMs).toISOString()
    await steps.finish({ format: 'closeline-retraining-finished/1', at, outcome: 'failed', reason, ...nothing })
    await announced(deps, steps)
  }
}

function isDead({ startedAt, requestedAt }: RetrainingRecord, nowMs: number): boolean {
  return startedAt === null
    ? nowMs - Date.parse(requestedAt) >= BEGUN_WITHIN_MS
    : nowMs - Date.parse(startedAt) >= LOCK_LIFE_MS
}

function isOpen({ finished }: RetrainingRecord): boolean {
  return finished === null
}

async function situationOf(
  { objects, registry }: DecideDeps,
  { nowMs, report, thresholds }: DecideCommand,
  records: readonly RetrainingRecord[],
): Promise<RetrainingSituation> {
  const [champion, lake, layer, manifests] = await Promise.all([
    registry.alias('champion'),
    findCurrentState(objects),
    unlessDamaged(findFeatureLayer(objects)),
    registry.list(),
  ])
  const learned = manifests.filter(({ source }) => source.by === 'closeline')[0]
  const past = records.flatMap(pastOf).sort((a, b) => b.atMs - a.atMs)
  const tried = past.filter(({ outcome }) => outcome === 'promoted' || outcome === 'kept')[0]
  const learnedAtMs = Math.max(
    tried?.atMs ?? -Infinity,
    learned === undefined ? -Infinity : Date.parse(learned.createdAt),
  )
  const modelVersion = champion?.version ?? null
  const open = records.find(isOpen)
  return {
    ...{ nowMs, modelVersion, past },
    decay: modelVersion === null ? undefined : await decayOf(objects, modelVersion),
    drift: report === undefined ? undefined : driftOf(report),
    learnedAtMs: learnedAtMs === -Infinity ? null : learnedAtMs,
    ledgerSha256: layer?.ledgerSha256 ?? null,
    learnedLedgerSha256: learned?.ledger.sha256 ?? null,
    quality: {
      ...(lake === undefined
        ? { passed: false, failed: ['no bets'] }
        : dataQualityOf(judgeQuality(profileOf(lake), thresholds, nowMs))),
      isBinding: layer?.origin !== 'demo',
    },
    open: open === undefined ? undefined : { requestId: open.requestId, rule: open.rule },
  }
}

function pastOf({ rule, finished }: RetrainingRecord): PastTraining[] {
  if (finished === null) return []
  return [{ rule, outcome: finished.outcome, atMs: Date.parse(finished.at), ledgerSha256: finished.ledgerSha256 }]
}

async function decayOf(objects: ObjectStore, modelVersion: string): Promise<RetrainingSituation['decay']> {
  const state = await readDecayState(objects, modelVersion)
  if (state === undefined || state.watch.outcomes === 0) return undefined
  const { largestEvidence, outcomes } = state.watch
  return { evidence: largestEvidence, threshold: 1 / WATCH_LEVEL, outcomes }
}

/** Drifted inputs are weighted by their share in the model before the report asks for training. */
function driftOf(report: DriftReport): NonNullable<RetrainingSituation['drift']> {
  const { timestamp, requires_retraining, features_with_drift, total_features_checked, drifted_features } = report
  const named = drifted_features.length === 0 ? '' : ` (${drifted_features.slice(0, 5).join(', ')})`
  const asks = requires_retraining ? 'enough of what the model goes by' : 'not enough of what the model goes by'
  const plain = `${features_with_drift} of ${total_features_checked} columns have drifted${named}: ${asks}`
  const told = typeof report.reason === 'string' && report.reason !== '' ? report.reason : plain
  return { atMs: Date.parse(timestamp), requiresRetraining: requires_retraining, reason: told }
}

async function unlessDamaged<T>(found: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await found
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}
