import { parseAlertEnvironment } from '../../shared/config/alert-environment.ts'
import { flushAlerts } from '../../shared/usecases/alert-flush.ts'
import { handleInput } from '../../shared/usecases/send-alerts.ts'
import { composeAlerts } from './compose.ts'
import { parseIncoming } from './incoming.ts'

const openDeps = composeAlerts(parseAlertEnvironment(process.env))

/**
 * Answers an event of the bus, a change of an alarm, or a schedule's call. It throws where an input could not be kept, or
 * what waits could not be sent: the call is then made again, and at last put into the dead-letter queue.
 */
export async function handler(payload: unknown) {
  const incoming = parseIncoming(payload)
  if (incoming.kind === 'replayed') return incoming
  const deps = await openDeps()
  if (incoming.kind === 'flush') return flushAlerts(deps)
  return handleInput(deps, incoming.input)
}
