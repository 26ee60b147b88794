import { ParameterNotFound } from '@aws-sdk/client-ssm'
import type * as z from 'zod'
import type { AlertSink } from '../../shared/alerts/alert-sink.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-text.ts'
import type { Clock, Logger } from '../../shared/kernel/ports.ts'

/** A channel that there is once its secret has been put in place. */
export interface SecretSink {
  /** The sink; undefined where nobody has put its secret in place, which is said once in the log. */
  find(): Promise<AlertSink | undefined>
}

export interface SecretSinkOptions<T> {
  name: AlertSink['name']
  /** Name of the parameter that holds the secret. */
  parameter: string
  readSecret: () => Promise<string>
  schema: z.ZodType<T>
  build: (secret: T) => AlertSink
  clock: Clock
  logger: Logger
}

/** How long it is believed that there is no such parameter. */
const ABSENCE_MS = 5 * 60_000

/**
 * A sink whose secret is asked for when a message is sent, so that one that is changed counts from then on. A parameter
 * that cannot be read, or holds something else, fails the sending, which is tried again: only one that does not exist
 * means that there is no such channel.
 */
export function secretSink<T>(options: SecretSinkOptions<T>): SecretSink {
  const { name, parameter, readSecret, clock, logger } = options
  let absentUntilMs = Number.NEGATIVE_INFINITY
  let isSaid = false
  let built: { text: string; sink: AlertSink } | undefined
  const sink: AlertSink = {
    name,
    async send(message) {
      const text = await readSecret()
      // What a sink remembers, such as how fast it may send, is kept while its secret is the same.
      if (built?.text !== text) built = { text, sink: options.build(parseSecret(text, options)) }
      return built.sink.send(message)
    },
  }
  return {
    async find() {
      if (clock() < absentUntilMs) return undefined
      try {
        await readSecret()
      } catch (thrown) {
        if (!isAbsent(thrown)) return sink
        if (!isSaid) logger.info('alert_channel_absent', { channel: name, parameter })
        isSaid = true
        absentUntilMs = clock() + ABSENCE_MS
        return undefined
      }
      return sink
    },
  }
}

function isAbsent(thrown: unknown): boolean {
  return thrown instanceof UpstreamError && thrown.cause instanceof ParameterNotFound
}

/** @throws {UpstreamError} that says where it is wrong, and nothing of the value */
function parseSecret<T>(text: string, { schema, parameter }: SecretSinkOptions<T>): T {
  const parsed = schema.safeParse(jsonOrUndefined(text))
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new UpstreamError(
    'SSM',
    `parameter ${parameter} is not what the channel needs: ${path === '' ? 'no JSON' : path}`,
  )
}
