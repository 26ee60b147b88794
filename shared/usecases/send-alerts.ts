import { foldInputs, hasChanged } from '../alerts/fold.ts'
import type { AlertInput } from '../alerts/input.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { DeliveryReport } from './alert-deliver.ts'
import { deliverDue } from './alert-deliver.ts'
import type { Receipt } from './alert-inbox.ts'
import { finishBatch, readInbox, receiveInput } from './alert-inbox.ts'
import type { AlertDeps } from './alert-ports.ts'
import { commitAlertState, readAlertState } from './alert-state.ts'
import { takeTurn } from './alert-turn.ts'

/** What came of alerts. */
export interface AlertReport extends DeliveryReport {
  /** Inputs taken in. */
  taken: number
  /** Messages made of them, sent or held. */
  messages: number
}

/**
 * Takes one input, and sends what there is to send.
 *
 * Once the input is kept, nothing is lost: whatever fails after that is made up for by the next turn or flush, and the
 * caller is told of no failure that a repeated delivery could not mend.
 *
 * @returns how it was received, and the report of the turn where this call had it
 * @throws {UpstreamError} where the input could not be kept
 */
export async function handleInput(
  deps: AlertDeps,
  input: AlertInput,
): Promise<{ receipt: Receipt; report: AlertReport | undefined }> {
  const receipt = await receiveInput(deps, input)
  if (receipt === 'untold') return { receipt, report: undefined }
  if (receipt === 'too_old') {
    deps.logger.warn('alert_input_too_old', describe(input))
    return { receipt, report: undefined }
  }
  // One that is known may be so because whoever brought it died before its turn.
  return { receipt, report: await sendInTurn(deps) }
}

/** Sends where it is this call's turn; what fails then is not the input's failure, which is kept by now. */
async function sendInTurn(deps: AlertDeps): Promise<AlertReport | undefined> {
  try {
    return (await takeTurn(deps)) ? await sendAlerts(deps) : undefined
  } catch (thrown) {
    deps.logger.error('alert_turn_failed', { cause: messageOf(thrown) })
    deps.metrics.record('alert_turns_failed', 1, 'Count')
    return undefined
  }
}

function describe(input: AlertInput): Record<string, unknown> {
  return input.kind === 'event'
    ? { type: input.event.type, at: input.event.at }
    : { alarm: input.alarm.name, at: input.alarm.at }
}

/** Tries at a state against others who write it at the same time. */
const MOST_COMMITS = 20

/** Takes in what waits, and sends what is due. Any number may do so at once: each input counts once. */
export async function sendAlerts(deps: AlertDeps): Promise<AlertReport> {
  const counts = { taken: 0, messages: 0 }
  for (let commit = 0; ; commit++) {
    if (commit === MOST_COMMITS) throw new UpstreamError('alerts', 'the state changes faster than it can be written')
    const round = await takeIn(deps)
    if (round === 'overtaken') continue
    counts.taken += round.taken
    counts.messages += round.messages
    if (round.isAll) break
    commit = -1
  }
  return { ...counts, ...(await deliverDue(deps)) }
}

async function takeIn(deps: AlertDeps): Promise<'overtaken' | { taken: number; messages: number; isAll: boolean }> {
  const { objects, clock, quiet, sinks } = deps
  const before = await readAlertState(objects)
  await finishBatch(objects, before.batch)
  const { inputs, names, isAll } = await readInbox(objects)
  const channels = sinks.map(({ name }) => name)
  const folded = foldInputs({ ...before, batch: [] }, inputs, { nowMs: clock(), quiet, channels })
  if (names.length === 0 && !hasChanged({ ...before, batch: [] }, folded)) return { taken: 0, messages: 0, isAll }
  if (!(await commitAlertState(objects, { ...folded.state, batch: names }))) return 'overtaken'
  await finishBatch(objects, names)
  tell(deps, folded)
  return { taken: inputs.length, messages: folded.messages.length, isAll }
}

function tell({ metrics, logger }: AlertDeps, { messages, dropped }: ReturnType<typeof foldInputs>): void {
  for (const { id, rule, key, kind, severity, channels } of messages) {
    logger.info('alert_made', { id, rule, key, kind, severity, channels })
  }
  for (const [channel, n] of Object.entries(dropped)) {
    metrics.record('alerts_dropped', n, 'Count', { channel })
    logger.warn('alerts_dropped', { channel, messages: n })
  }
}
