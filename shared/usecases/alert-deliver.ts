import * as z from 'zod'
import type { AlertSink } from '../alerts/alert-sink.ts'
import type { Attempt } from '../alerts/settle.ts'
import { judge, settle } from '../alerts/settle.ts'
import { ALERT_SEVERITIES } from '../alerts/severity.ts'
import type { AlertState, Delivery } from '../alerts/state.ts'
import { dayOf } from '../alerts/state.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { getJson } from '../kernel/json-object.ts'
import { recordDelivery } from './alert-history.ts'
import { finishBatch } from './alert-inbox.ts'
import { CLAIMS_PREFIX } from './alert-keys.ts'
import type { AlertDeps } from './alert-ports.ts'
import { commitAlertState, readAlertState } from './alert-state.ts'

/** After this long nothing more is begun: the next flush goes on. One send may last half a minute, a function a minute. */
const BEGUN_WITHIN_MS = 15_000

/** A try whose maker has not told its end by then has ended without: longer than any function may run. */
const CLAIM_MS = 5 * 60_000

const MOST_COMMITS = 20

/** What delivering came to. */
export interface DeliveryReport {
  sent: number
  failed: number
  lost: number
}

/**
 * Sends what is due, each channel by itself: one that fails keeps no other from its messages, and is left alone until the
 * next time.
 *
 * A try is claimed before it is made, so that of several functions at once one makes it; what came of it is kept
 * afterwards. A function that ends in between leaves a claim that tells nothing: after {@link CLAIM_MS} the message is
 * sent again, and so perhaps twice. An alert twice is a nuisance, one that is lost is not known of.
 */
export async function deliverDue(deps: AlertDeps): Promise<DeliveryReport> {
  const { objects, clock } = deps
  const startedMs = clock()
  const state = await readAlertState(objects)
  const due = state.outbox.filter(({ dueMs }) => dueMs <= startedMs).sort(byUrgency)
  if (due.length === 0) return { sent: 0, failed: 0, lost: 0 }
  const channels = [...new Set(due.map(({ channel }) => channel))]
  const tried = await Promise.all(
    channels.map((channel) => {
      const sink = deps.sinks.find(({ name }) => name === channel)
      const isOfChannel = (delivery: Delivery) => delivery.channel === channel
      return tryAll({ ...deps, sink, startedMs }, due.filter(isOfChannel), state.outbox.filter(isOfChannel))
    }),
  )
  const attempts = tried.flat()
  await keepAttempts(deps, state, attempts)
  return report(deps, state, attempts)
}

function byUrgency(a: Delivery, b: Delivery): number {
  const rankOf = ({ message }: Delivery) => ALERT_SEVERITIES.indexOf(message.severity)
  return rankOf(a) - rankOf(b) || a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1)
}

/** @param outbox  all that waits for the channel, due or not, in the order in which it was made */
async function tryAll(
  deps: AlertDeps & { sink: AlertSink | undefined; startedMs: number },
  due: readonly Delivery[],
  outbox: readonly Delivery[],
): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  const waiting = new Map(outbox.map((delivery) => [delivery.id, delivery]))
  const untried = new Set(due)
  while (deps.clock() - deps.startedMs < BEGUN_WITHIN_MS) {
    // An end that is more urgent than its beginning has its turn after it, in this same round.
    const delivery = [...untried].find((each) => !isTooSoon(each, waiting.values()))
    if (delivery === undefined) break
    untried.delete(delivery)
    const attempt = await tryOnce(deps, deps.sink, delivery)
    if (attempt === undefined) continue
    attempts.push(attempt)
    // The channel is in trouble: the others wait, and none of their tries is spent on it.
    if (attempt.outcome === 'failed') break
    waiting.delete(delivery.id)
  }
  return attempts
}

/**
 * Whether it says that something is over whose beginning the channel has yet to tell: read last, that would go on.
 *
 * @param waiting  in the order in which they were made
 */
function isTooSoon({ message, id }: Delivery, waiting: Iterable<Delivery>): boolean {
  if (message.kind !== 'resolved') return false
  for (const other of waiting) {
    if (other.id === id) return false
    if (other.message.key === message.key) return true
  }
  return false
}

const claimSchema = z.object({ atMs: z.number() })

async function tryOnce(deps: AlertDeps, sink: AlertSink | undefined, delivery: Delivery): Promise<Attempt | undefined> {
  const { objects, clock, logger } = deps
  const attempt = { deliveryId: delivery.id, number: delivery.attempts + 1, cause: null, retryAfterMs: null }
  if (sink === undefined) return { ...attempt, outcome: 'refused', cause: 'the channel is not set up any more' }
  const key = `${CLAIMS_PREFIX}${dayOf(delivery.createdMs)}/${delivery.id}.${attempt.number}`
  if (!(await objects.putNew(key, JSON.stringify({ atMs: clock() })))) {
    const claim = await getJson(objects, key, claimSchema)
    if (claim === undefined || clock() - claim.atMs < CLAIM_MS) return undefined
    logger.warn('alert_try_abandoned', { delivery: delivery.id, number: attempt.number })
    return { ...attempt, outcome: 'failed', cause: 'the function ended before it could tell', retryAfterMs: 0 }
  }
  try {
    const answer = await sink.send(delivery.message)
    if (answer === 'sent') return { ...attempt, outcome: 'sent' }
    return { ...attempt, outcome: 'failed', cause: 'the channel asks to wait', retryAfterMs: answer.retryAfterMs }
  } catch (thrown) {
    // One message must not cost the others theirs, whatever the sink throws.
    const cause = messageOf(thrown)
    logger.warn('alert_not_sent', { delivery: delivery.id, number: attempt.number, rule: delivery.message.rule, cause })
    const isFinal = thrown instanceof UpstreamError && !thrown.retryable
    return { ...attempt, outcome: isFinal ? 'refused' : 'failed', cause }
  }
}

/** Keeps what came of tries, on the newest state there is. */
async function keepAttempts(deps: AlertDeps, seen: AlertState, attempts: readonly Attempt[]): Promise<void> {
  if (attempts.length === 0) return
  const { objects, clock } = deps
  const nowMs = clock()
  const deliveries = new Map(seen.outbox.map((delivery) => [delivery.id, delivery]))
  for (const attempt of attempts) {
    const delivery = deliveries.get(attempt.deliveryId)
    if (delivery === undefined) continue
    const judged = judge(delivery, attempt, nowMs)
    if ('settled' in judged) await recordDelivery(objects, judged.settled, nowMs)
  }
  for (let commit = 0; commit < MOST_COMMITS; commit++) {
    const newest = await readAlertState(objects)
    await finishBatch(objects, newest.batch)
    if (await commitAlertState(objects, settle(newest, attempts, nowMs))) return
  }
  throw new UpstreamError('alerts', 'the state changes faster than it can be written')
}

function report({ metrics, logger }: AlertDeps, state: AlertState, attempts: readonly Attempt[]): DeliveryReport {
  const counts: DeliveryReport = { sent: 0, failed: 0, lost: 0 }
  for (const attempt of attempts) {
    const delivery = state.outbox.find(({ id }) => id === attempt.deliveryId)
    if (delivery === undefined) continue
    const judged = judge(delivery, attempt, 0)
    const dimensions = { channel: delivery.channel }
    if (attempt.outcome === 'sent') {
      counts.sent += 1
      metrics.record('alerts_sent', 1, 'Count', dimensions)
      continue
    }
    counts.failed += 1
    metrics.record('alerts_failed', 1, 'Count', dimensions)
    if (!('settled' in judged)) continue
    counts.lost += 1
    metrics.record('alerts_lost', 1, 'Count', dimensions)
    const { rule, key, severity } = delivery.message
    logger.error('alert_lost', { delivery: delivery.id, rule, key, severity, cause: attempt.cause })
  }
  return counts
}
