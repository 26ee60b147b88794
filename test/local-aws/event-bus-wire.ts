import * as z from 'zod'
import type { EventBuses } from './event-bus.ts'
import { DEFAULT_BUS } from './event-bus.ts'
import type { Operations } from './json-protocol.ts'
import { ServiceRefusal } from './wire.ts'

const MOST_ENTRIES = 10
const MOST_BYTES = 262_144

const entrySchema = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default(DEFAULT_BUS),
  Resources: z.array(z.string()).default([]),
  /** Seconds since the epoch. */
  Time: z.number().optional(),
})

type Entry = z.infer<typeof entrySchema>
const putEventsInput = z.object({ Entries: z.array(entrySchema) })

/**
 * EventBridge's PutEvents. What is wrong with one entry is told in its place, in an answer of status 200.
 *
 * @see AWS, "PutEvents", EventBridge API reference
 */
export function eventOperations(buses: EventBuses): Operations {
  return {
    PutEvents(input) {
      const { Entries: entries } = putEventsInput.parse(input)
      if (entries.length === 0 || entries.length > MOST_ENTRIES) {
        throw new ServiceRefusal('ValidationException', `1 to ${MOST_ENTRIES} entries, not ${entries.length}`)
      }
      const bytes = entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0)
      if (bytes > MOST_BYTES) throw new ServiceRefusal('ValidationException', `${bytes} bytes are too many`)
      const results = entries.map((entry) => put(buses, entry))
      return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length }
    },
  }
}

function put(buses: EventBuses, entry: Entry) {
  const { Source: source, DetailType: type, Detail: text, EventBusName: bus, Resources: resources } = entry
  if (!source || !type || text === undefined) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are needed' }
  }
  const detail = objectOf(text)
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  // To a bus that is not there EventBridge says yes as well, and drops the event.
  if (!buses.hasBus(bus)) return { EventId: crypto.randomUUID() }
  const time = entry.Time === undefined ? {} : { time: new Date(entry.Time * 1000).toISOString() }
  return { EventId: buses.send(bus, { source, 'detail-type': type, resources, detail, ...time }).id }
}

function objectOf(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
}
