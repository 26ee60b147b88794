import type { ChannelName } from './channel.ts'
import type { Lane } from './lane.ts'
import type { AlertMessage } from './message.ts'
import { headingOf } from './message.ts'
import type { AlertSeverity } from './severity.ts'
import { ALERT_SEVERITIES } from './severity.ts'

/** The rule's name of digests, which stand in no table. */
export const DIGEST_RULE = 'digest'

/**
 * What a lane held as one message; a single one stays itself.
 *
 * A webhook's receivers know no digest: theirs are many messages again, see {@link import('./state.ts').foldInputs}.
 */
export function digestOf(lane: Lane, channel: ChannelName, given: { id: string; nowMs: number }): AlertMessage {
  const { held, more } = lane
  const beyond = Object.values(more).reduce((sum, n) => sum + n, 0)
  const [only] = held
  if (only !== undefined && held.length === 1 && beyond === 0) return { ...only, channels: [channel] }
  const quoted = [...held].sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || a.atMs - b.atMs)
  const lines = quoted.map((message) => `${timeOf(message.atMs)} ${message.severity}: ${headingOf(message)}`)
  const rest = Object.entries(more).map(([rule, n]) => `${n} more of ${rule}`)
  return {
    ...{ id: given.id, rule: DIGEST_RULE, key: DIGEST_RULE, kind: 'digest', atMs: given.nowMs, isTest: false },
    severity: quoted[0]?.severity ?? 'info',
    content: { title: `${held.length + beyond} alerts`, lines: [...lines, ...rest], link: null, webhook: null },
    channels: [channel],
  }
}

function rankOf(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity)
}

/** @example timeOf(0) // '01-01 00:00Z' */
function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(5, 16).replace('T', ' ')}Z`
}
