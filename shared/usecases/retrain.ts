import type { DomainEvent } from '../config/events.ts'
import { DomainError, InvariantError, invariant, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Logger, ObjectStore, TaggedReader } from '../kernel/ports.ts'
import { findCurrentState, profileOf } from '../lake/state.ts'
import { judgeQuality } from '../quality/gate.ts'
import type { Thresholds } from '../quality/thresholds.ts'
import type { FinishedStep, RetrainingRecord, RetrainingRule } from '../registry/retraining-record.ts'
import type { EventPublisher } from './event-ports.ts'
import type { MaterializeDeps } from './materialize-features.ts'
import { materializeFeatures } from './materialize-features.ts'
import { takeTrainingLock } from './retraining-lock.ts'
import type { RetrainingSteps } from './retraining-store.ts'
import { stepsOf } from './retraining-store.ts'
import type { TrainingReport } from './train-model.ts'
import type { LakeTrainingDeps } from './train-on-lake.ts'
import { trainOnLayer, UNLEARNABLE } from './train-on-lake.ts'
import { assertTrainable } from './training-gate.ts'

export type { RetrainingRecord } from '../registry/retraining-record.ts'

/** Every port that retraining asks for: those of `closeline train`, and whoever listens. */
export interface RetrainDeps extends LakeTrainingDeps, MaterializeDeps {
  objects: ObjectStore & TaggedReader
  events: EventPublisher
  logger: Logger
}

export interface RetrainCommand {
  rule: RetrainingRule
  /** In one sentence. */
  reason: string
  /** Whoever asks twice under one id gets one training. */
  requestId: string
  /** Limits of the quality gate. */
  thresholds: Thresholds
}

/** Attempts of one request, where a vendor fails that may answer again. */
export const MOST_ATTEMPTS = 3

/** Why nothing was trained, as codes of errors: what the data are, and no fault of anybody's. */
const REFUSALS: readonly string[] = [...UNLEARNABLE, 'quality_gate_failed', 'empty_lake']

type Outcome = Pick<FinishedStep, 'outcome' | 'reason' | 'candidate' | 'served' | 'previous' | 'ledgerSha256'>

/**
 * Trains on the lake as it stands, for a reason that is kept with what came of it.
 *
 * The bets must pass the quality gate, and what is learned serves only where the registry's gate lets it, as with
 * `closeline train`. At the end `RetrainingFinished` is published, and `ModelPromoted` where another version serves.
 *
 * One request is answered once: asked again under its id, the record of what came of it is returned, and a message that was
 * cut off is sent. One training runs at a time: a second request is refused while another is under way, and a second
 * delivery of the one that runs gets its record as it stands. Too few bets or a failed gate are an outcome, `refused`.
 *
 * @throws {UpstreamError} where a vendor failed that may answer again, up to {@link MOST_ATTEMPTS} times; the request then
 *   stays open, and asking again under its id goes on with it
 * @throws {InvariantError} our fault; the outcome `failed` is kept and published first
 */
export async function retrain(deps: RetrainDeps, command: RetrainCommand): Promise<RetrainingRecord> {
  const { rule, reason, requestId } = command
  const steps = await stepsOf(deps.objects, requestId)
  const format = 'closeline-retraining-requested/1'
  await steps.request({ format, requestId, rule, reason, at: now(deps) })
  const before = await readStanding(steps)
  if (before.finished !== null) return announced(deps, steps)
  const lock = await takeTrainingLock(deps, requestId)
  if ('heldBy' in lock) {
    if (lock.heldBy === requestId) return before
    return finished(deps, steps, refused(`another training is under way, that of the request ${lock.heldBy}`))
  }
  try {
    return await attempt(deps, command, steps)
  } finally {
    await lock.release()
  }
}

async function attempt(deps: RetrainDeps, command: RetrainCommand, steps: RetrainingSteps): Promise<RetrainingRecord> {
  // Read again: another delivery may have finished between the first look and the lock.
  const { attempts, finished: done } = await readStanding(steps)
  if (done !== null) return announced(deps, steps)
  await steps.start({ format: 'closeline-retraining-started/1', attempt: attempts + 1, at: now(deps) })
  try {
    return await finished(deps, steps, await trained(deps, command))
  } catch (thrown) {
    const mayAnswer = thrown instanceof UpstreamError && thrown.retryable
    if (mayAnswer && attempts + 1 < MOST_ATTEMPTS) throw thrown
    deps.logger.error('retraining_failed', { requestId: command.requestId, cause: messageOf(thrown) })
    const record = await finished(deps, steps, { ...refused(messageOf(thrown)), outcome: 'failed' })
    if (thrown instanceof InvariantError || !(thrown instanceof DomainError || thrown instanceof UpstreamError)) {
      throw thrown
    }
    return record
  }
}

/** Trains where the data allow it. */
async function trained(deps: RetrainDeps, { thresholds }: RetrainCommand): Promise<Outcome> {
  const previous = (await deps.registry.alias('champion'))?.version ?? null
  let ledgerSha256: string | null = null
  try {
    const state = await findCurrentState(deps.objects)
    if (state === undefined) throw new DomainError('empty_lake', 'the lake has never held a bet')
    const quality = judgeQuality(profileOf(state), thresholds, deps.clock())
    const { layer } = await materializeFeatures(deps, { full: false })
    ledgerSha256 = layer.ledgerSha256
    // A simulated ledger has its flaws on purpose; the model's manifest says that the gate failed.
    assertTrainable(quality, layer.origin === 'demo')
    const report = await trainOnLayer(deps, layer, quality, { evaluateMarkets: true })
    const { candidate, served } = report
    const outcome = served.version === previous ? 'kept' : 'promoted'
    const reason = reasonOf(report)
    return { outcome, reason, candidate: candidate.version, served: served.version, previous, ledgerSha256 }
  } catch (thrown) {
    if (!(thrown instanceof DomainError && REFUSALS.includes(thrown.code))) throw thrown
    return { ...refused(thrown.message), served: previous, previous, ledgerSha256 }
  }
}

function reasonOf({ candidate, served, reason }: TrainingReport): string {
  if (served.verdict !== 'baseline' || served.version === candidate.version) return reason
  return `what was learned is not proven, and the recalibrated price serves: ${reason}`
}

function refused(reason: string): Outcome {
  return { outcome: 'refused', reason, candidate: null, served: null, previous: null, ledgerSha256: null }
}

/** Keeps an outcome and tells of it. */
async function finished(deps: RetrainDeps, steps: RetrainingSteps, outcome: Outcome): Promise<RetrainingRecord> {
  await steps.finish({ format: 'closeline-retraining-finished/1', at: now(deps), ...outcome })
  return announced(deps, steps)
}

/** The record of a request that is finished, once everybody has been told. */
export async function announced(
  { events }: Pick<RetrainDeps, 'events'>,
  steps: RetrainingSteps,
): Promise<RetrainingRecord> {
  const record = await readStanding(steps)
  await steps.once('outcome-announced', () => events.publish(eventsOf(record)))
  return record
}

function eventsOf({ requestId, rule, finished: end }: RetrainingRecord): DomainEvent[] {
  invariant(end !== null, `request ${requestId} is not finished`)
  const { at, outcome, reason, candidate, served, previous } = end
  const modelVersion = served ?? candidate
  const told: DomainEvent = { type: 'RetrainingFinished', at, requestId, rule, outcome, modelVersion, reason }
  if (outcome !== 'promoted' || served === null) return [told]
  return [told, { type: 'ModelPromoted', at, modelVersion: served, previous, reason }]
}

async function readStanding(steps: RetrainingSteps): Promise<RetrainingRecord> {
  const record = await steps.read()
  invariant(record !== undefined, 'a request was recorded and is not there')
  return record
}

function now({ clock }: Pick<RetrainDeps, 'clock'>): string {
  return new Date(clock()).toISOString()
}
