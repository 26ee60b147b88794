import type { AlertSink } from '../alerts/alert-sink.ts'
import type { AlertMessage } from '../alerts/message.ts'
import { headingOf } from '../alerts/message.ts'
import { messageOf } from '../kernel/errors.ts'

/** What became of one trial message on one channel. */
export interface TrialOutcome {
  rule: string
  channel: string
  heading: string
  /** Null where it was sent. */
  failure: string | null
}

/**
 * Sends one message of each rule, marked TEST, by every channel that it would go by. Nothing is remembered of them.
 */
export async function sendTrials(
  sinks: readonly AlertSink[],
  messages: readonly AlertMessage[],
): Promise<TrialOutcome[]> {
  const outcomes: TrialOutcome[] = []
  for (const message of messages) {
    const to = sinks.filter(({ name }) => message.channels.includes(name))
    for (const sink of to) {
      if (sink.name === 'n8n' && message.content.webhook === null) continue
      const failure = await trial(sink, message)
      outcomes.push({ rule: message.rule, channel: sink.name, heading: headingOf(message), failure })
    }
  }
  return outcomes
}

async function trial(sink: AlertSink, message: AlertMessage): Promise<string | null> {
  try {
    const answer = await sink.send(message)
    return answer === 'sent' ? null : `it asks to wait ${Math.ceil(answer.retryAfterMs / 1000)} s`
  } catch (thrown) {
    // One channel must not keep the others from their trial.
    return messageOf(thrown)
  }
}
