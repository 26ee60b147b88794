import { setTimeout } from 'node:timers/promises'
import type { EventBridgeClient, PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge'
import { EventBridgeServiceException, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { DomainEvent } from '../config/events.ts'
import { EVENT_SOURCE, encodeEvent } from '../config/events.ts'
import { invariant, messageOf, UpstreamError } from '../kernel/errors.ts'
import { isRetryableStatus } from '../kernel/retryable.ts'
import type { EventPublisher } from '../usecases/event-ports.ts'

const VENDOR = 'EventBridge'

/**
 * An {@link EventPublisher} on an event bus.
 *
 * @param pause  waits so many milliseconds before entries that were refused are put again
 */
export function eventbridgeEventPublisher(
  client: EventBridgeClient,
  busName: string,
  pause: (ms: number) => Promise<unknown> = setTimeout,
): EventPublisher {
  return {
    async publish(events) {
      const refused: PutEventsResultEntry[] = []
      for (const batch of inBatches(events.map((event) => toEntry(event, busName)))) {
        refused.push(...(await putEntries(client, batch, pause)))
      }
      const [first] = refused
      if (first === undefined) return
      const reason = `${first.ErrorCode}: ${first.ErrorMessage}`
      throw new UpstreamError(VENDOR, `${refused.length} of ${events.length} events were not taken; ${reason}`)
    },
  }
}

function toEntry(event: DomainEvent, busName: string): PutEventsRequestEntry {
  const entry = { Source: EVENT_SOURCE, DetailType: event.type, Detail: encodeEvent(event), Time: new Date(event.at) }
  const bytes = entryBytes(entry)
  invariant(bytes <= BATCH_BYTES, `${event.type} has ${bytes} bytes, more than EventBridge takes`)
  return { ...entry, EventBusName: busName }
}

/** Most entries, and bytes of them together, that one PutEvents takes. */
const BATCH_ENTRIES = 10
const BATCH_BYTES = 256 * 1024
const TIME_BYTES = 14

/**
 * Size of an entry as EventBridge counts it: 14 bytes of time, and source, type and detail in UTF-8.
 *
 * @see AWS, "Calculating PutEvents event entry size", EventBridge user guide
 */
function entryBytes({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return TIME_BYTES + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)
}

function inBatches(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = []
  let room = 0
  for (const entry of entries) {
    const bytes = entryBytes(entry)
    const last = batches.at(-1)
    if (last !== undefined && last.length < BATCH_ENTRIES && bytes <= room) {
      last.push(entry)
      room -= bytes
    } else {
      batches.push([entry])
      room = BATCH_BYTES - bytes
    }
  }
  return batches
}

const MOST_RETRIES = 3
const FIRST_PAUSE_MS = 100

/** Puts one batch, the entries that were refused again and again; returns what was said of those that stay refused. */
async function putEntries(
  client: EventBridgeClient,
  batch: readonly PutEventsRequestEntry[],
  pause: (ms: number) => Promise<unknown>,
): Promise<PutEventsResultEntry[]> {
  let pending = batch
  for (let retries = 0; ; retries++) {
    const results = await putOnce(client, pending)
    const outcomes = pending.map((entry, i) => ({ entry, result: results[i] ?? {} }))
    const refused = outcomes.filter(({ result }) => result.EventId === undefined)
    if (refused.length === 0 || retries === MOST_RETRIES) return refused.map(({ result }) => result)
    pending = refused.map(({ entry }) => entry)
    await pause(FIRST_PAUSE_MS * 2 ** retries)
  }
}

async function putOnce(
  client: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
): Promise<PutEventsResultEntry[]> {
  try {
    return (await client.send(new PutEventsCommand({ Entries: [...entries] }))).Entries ?? []
  } catch (cause) {
    throw new UpstreamError(VENDOR, messageOf(cause), { retryable: isRetryable(cause), cause })
  }
}

/** EventBridge says 400 of requests that are too many, and means 429. */
function isRetryable(thrown: unknown): boolean {
  if (!(thrown instanceof EventBridgeServiceException)) return true
  return thrown.name === 'ThrottlingException' || isRetryableStatus(thrown.$metadata.httpStatusCode)
}
