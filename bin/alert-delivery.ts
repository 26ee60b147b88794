import * as z from 'zod'
import { hyparquetAlertTable } from '../shared/adapters/hyparquet-alert-table.ts'
import { eventSchema } from '../shared/config/events.ts'
import { messageOf } from '../shared/kernel/errors.ts'
import { getJson, putJson } from '../shared/kernel/json-object.ts'
import { jsonOrUndefined } from '../shared/kernel/json-text.ts'
import { mapInParallel } from '../shared/kernel/parallel.ts'
import { flushAlerts } from '../shared/usecases/alert-flush.ts'
import { receiveInput } from '../shared/usecases/alert-inbox.ts'
import type { AlertDeps } from '../shared/usecases/alert-ports.ts'
import { sendAlerts } from '../shared/usecases/send-alerts.ts'
import { openSinks, quietHoursOf, readAlertSettings } from './alert-channels.ts'
import { readLines } from './event-lines.ts'
import type { Repeated } from './hourly.ts'
import { printable } from './terminal.ts'
import type { Workspace } from './workspace/workspace.ts'

/** How often it is looked for new events, and for what waits. */
const LOOK_MS = 2000
const FLUSH_MS = 60_000

const CURSOR_KEY = 'alerts/local-cursor.json'
const cursorSchema = z.object({ nextByte: z.int().nonnegative() })

type DeliveryWorkspace = Pick<Workspace, 'objects' | 'clock' | 'sleep' | 'logger' | 'metrics'> & {
  directory: Pick<Workspace['directory'], 'root' | 'eventsFile'>
}

export interface DeliveryOptions {
  lookMs?: number
  flushMs?: number
  /** Takes a line for whoever watches. */
  write?: (line: string) => void
}

/**
 * Tells of the events of a data directory, as the alert function does on AWS: over the channels that are set up there, and
 * by a line on standard error.
 *
 * Channels that are set up while it runs count from the next look. A look that fails is logged, and the next one goes on
 * where it stood.
 */
export function startAlertDelivery(workspace: DeliveryWorkspace, options: DeliveryOptions = {}): Repeated {
  const { lookMs = LOOK_MS, flushMs = FLUSH_MS, write = toStandardError } = options
  const stopping = new AbortController()
  const channels = createChannels(workspace, write, stopping.signal)
  let flushedAtMs = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  async function look(): Promise<void> {
    const isFlush = workspace.clock() - flushedAtMs >= flushMs
    if (!(await receiveNew(workspace)) && !isFlush) return
    const deps: AlertDeps = { ...workspace, ...(await channels()) }
    if (!isFlush) {
      await sendAlerts(deps)
      return
    }
    await flushAlerts({ ...deps, table: hyparquetAlertTable() })
    flushedAtMs = workspace.clock()
  }
  const start = () => {
    running ??= look()
      .catch((thrown: unknown) => workspace.logger.error('alert_delivery_failed', { cause: messageOf(thrown) }))
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(start, lookMs)
  start()
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}

/** Keeps what is new in the events' file for the alerts; whether there was anything. */
async function receiveNew(workspace: DeliveryWorkspace): Promise<boolean> {
  const { objects, directory, logger } = workspace
  const cursor = (await getJson(objects, CURSOR_KEY, cursorSchema)) ?? { nextByte: 0 }
  const { lines, nextByte } = await readLines(directory.eventsFile, cursor.nextByte)
  if (nextByte === cursor.nextByte) return false
  await mapInParallel(lines, async (line) => {
    const event = eventSchema.safeParse(jsonOrUndefined(line))
    if (event.success) await receiveInput(workspace, { kind: 'event', event: event.data })
    else logger.warn('event_not_understood', { cause: event.error.issues[0]?.message })
  })
  // Behind what is kept: after a crash some come again, which are known then.
  await putJson(objects, CURSOR_KEY, { nextByte })
  return true
}

/** Channels as they are set up; what a sink remembers, such as how fast it may send, is kept while they are the same. */
function createChannels({ directory, objects }: DeliveryWorkspace, write: (line: string) => void, signal: AbortSignal) {
  let open: { text: string; channels: Pick<AlertDeps, 'sinks' | 'quiet'> } | undefined
  return async function channels(): Promise<Pick<AlertDeps, 'sinks' | 'quiet'>> {
    const settings = await readAlertSettings(directory.root)
    const text = JSON.stringify(settings)
    if (open?.text !== text) {
      const sinks = await openSinks(settings, { objects, write, signal })
      open = { text, channels: { sinks, quiet: quietHoursOf(settings) } }
    }
    return open.channels
  }
}

function toStandardError(line: string): void {
  process.stderr.write(`${printable(line)}\n`)
}
