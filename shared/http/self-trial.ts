import type { AccessControl, Client } from '../access/client.ts'
import type { Logger, Metrics } from '../kernel/ports.ts'

/** Whom a function calls itself as while it tries itself. */
const ITSELF: { client: Client } = { client: { keyId: 'self-trial', name: 'self-trial', scopes: ['read', 'predict'] } }

/** Lets an app answer requests of its own before anybody else's, without anybody being told, counted or charged. */
export interface SelfTrial {
  /** Whether it is under way: what writes or publishes passes over what comes meanwhile. */
  isOn(): boolean
  /** While the trial is on they know nobody but the app itself, and otherwise whom they knew. */
  doors<D extends { access?: AccessControl }>(doors: D): D
  metrics(metrics: Metrics): Metrics
  logger(logger: Logger): Logger
  /** Runs the trial, alone: no request may come while it is on. Its failures are the caller's. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** A trial for a process that takes no requests yet, as a Lambda function that starts. */
export function createSelfTrial(): SelfTrial {
  let isOn = false
  return {
    isOn: () => isOn,
    doors(doors) {
      const { access } = doors
      if (access === undefined) return doors
      return {
        ...doors,
        access: { check: (presented: string | undefined) => (isOn ? ITSELF : access.check(presented)) },
      }
    },
    metrics: (metrics) => ({
      record(...value) {
        if (!isOn) metrics.record(...value)
      },
    }),
    logger(logger) {
      const unlessOn = (level: 'info' | 'warn' | 'error') => (event: string, fields?: Record<string, unknown>) => {
        if (!isOn) logger[level](event, fields)
      }
      return { info: unlessOn('info'), warn: unlessOn('warn'), error: unlessOn('error') }
    },
    async run(work) {
      isOn = true
      try {
        return await work()
      } finally {
        isOn = false
      }
    },
  }
}
