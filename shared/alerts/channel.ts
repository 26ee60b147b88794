import type { AlertSeverity } from './severity.ts'

/** Ways that alerts leave by. */
export const CHANNELS = ['sns', 'telegram', 'n8n', 'console'] as const
export type ChannelName = (typeof CHANNELS)[number]

interface ChannelTraits {
  /** A person reads it: quiet hours hold, and many messages become one. */
  isPersonal: boolean
  /** Most messages within {@link BUDGET_MS}; as many again of critical ones. */
  budget: number
}

/** Time over which a channel's budget counts. */
export const BUDGET_MS = 10 * 60_000

export const CHANNEL_TRAITS: Readonly<Record<ChannelName, ChannelTraits>> = {
  sns: { isPersonal: true, budget: 10 },
  telegram: { isPersonal: true, budget: 10 },
  n8n: { isPersonal: false, budget: 60 },
  console: { isPersonal: false, budget: 60 },
}

/** Where messages go by their severity, unless their rule says otherwise. */
export const ROUTES: Readonly<Record<AlertSeverity, readonly ChannelName[]>> = {
  critical: ['sns', 'telegram', 'console'],
  warning: ['sns', 'telegram', 'console'],
  notice: ['telegram', 'console'],
  info: ['console'],
}
