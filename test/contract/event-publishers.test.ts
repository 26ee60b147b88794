import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PutEventsCommandInput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { EventBridgeClient, EventBridgeServiceException, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventbridgeEventPublisher } from '../../shared/adapters/eventbridge-event-publisher.ts'
import { fileEventPublisher } from '../../shared/adapters/file-event-publisher.ts'
import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import type { DomainEvent } from '../../shared/config/events.ts'
import { eventSchema } from '../../shared/config/events.ts'
import { InvariantError } from '../../shared/kernel/errors.ts'
import type { EventPublisher } from '../../shared/usecases/event-ports.ts'
import { EVENTS, syncFailed } from '../support/events.ts'
import { memoryEventPublisher } from '../support/memory-event-publisher.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let files = 0

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => folder[Symbol.asyncDispose]())

function newPath(): string {
  return join(folder.path, `new-${files++}`, 'events.jsonl')
}

async function readEvents(path: string): Promise<DomainEvent[]> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
  return lines.map((line) => eventSchema.parse(JSON.parse(line)))
}

/** An event bus that takes entries, and the requests made of it. */
function mockedBus() {
  const client = new EventBridgeClient({ ...AWS_TIMEOUTS, region: 'eu-central-1' })
  const requests = mockClient(client)
  const taken: PutEventsRequestEntry[] = []
  requests.on(PutEventsCommand).callsFake(async ({ Entries = [] }: PutEventsCommandInput) => {
    taken.push(...Entries)
    return { FailedEntryCount: 0, Entries: Entries.map((_, i) => ({ EventId: `event-${i}` })) }
  })
  const pauses: number[] = []
  const pause = async (ms: number) => pauses.push(ms)
  return { requests, taken, pauses, publisher: eventbridgeEventPublisher(client, 'closeline-bus', pause) }
}

/** A publisher, and what its listeners get. */
interface Setting {
  publisher: EventPublisher
  received: () => Promise<DomainEvent[]>
}

const SETTINGS: [where: string, make: () => Setting][] = [
  [
    'in memory',
    () => {
      const publisher = memoryEventPublisher()
      return { publisher, received: async () => publisher.events }
    },
  ],
  [
    'to a file',
    () => {
      const path = newPath()
      return { publisher: fileEventPublisher(path), received: () => readEvents(path) }
    },
  ],
  [
    'to an event bus',
    () => {
      const { publisher, taken } = mockedBus()
      const received = async () => taken.map(({ Detail = '' }) => eventSchema.parse(JSON.parse(Detail)))
      return { publisher, received }
    },
  ],
]

describe.each(SETTINGS)('an event publisher %s', (_, make) => {
  let setting: Setting

  beforeEach(() => {
    setting = make()
  })

  it('publishes events of every type, in order', async () => {
    await setting.publisher.publish(EVENTS)
    expect(await setting.received()).toEqual(EVENTS)
  })

  it('publishes after what it published before', async () => {
    await setting.publisher.publish([syncFailed('a')])
    await setting.publisher.publish([syncFailed('b'), syncFailed('c')])
    expect(await setting.received()).toEqual([syncFailed('a'), syncFailed('b'), syncFailed('c')])
  })

  it('publishes more than one request takes', async () => {
    const events = Array.from({ length: 25 }, (_, i) => syncFailed(`source-${i}`))
    await setting.publisher.publish(events)
    expect(await setting.received()).toEqual(events)
  })

  it('has nothing to do where there are no events', async () => {
    await setting.publisher.publish([])
    expect(await setting.received()).toEqual([])
  })

  it('publishes none of them where one is not what a reader takes', async () => {
    const broken = { ...syncFailed('b'), attempts: Number.NaN }
    await expect(setting.publisher.publish([syncFailed('a'), broken])).rejects.toBeInstanceOf(InvariantError)
    expect(await setting.received()).toEqual([])
  })
})

describe('the event publisher to a file', () => {
  it('begins a line of its own after one that a crash cut off', async () => {
    const path = newPath()
    await fileEventPublisher(path).publish([syncFailed('a')])
    await appendFile(path, '{"type":"SyncFa')
    await fileEventPublisher(path).publish([syncFailed('b')])
    const lines = (await readFile(path, 'utf8')).split('\n')
    expect(lines).toEqual([JSON.stringify(syncFailed('a')), '{"type":"SyncFa', JSON.stringify(syncFailed('b')), ''])
  })

  it('keeps the lines of publishers at the same time whole', async () => {
    const path = newPath()
    const events = Array.from({ length: 20 }, (_, i) => syncFailed(`source-${i}`, 'x'.repeat(5000)))
    await Promise.all(events.map((event) => fileEventPublisher(path).publish([event])))
    expect(await readEvents(path)).toHaveLength(20)
  })

  it('says what the file system said', async () => {
    await expect(fileEventPublisher(folder.path).publish([syncFailed('a')])).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'file system',
    })
  })
})

describe('the event publisher to an event bus', () => {
  it('names source, type, bus and time of each', async () => {
    const { publisher, taken } = mockedBus()
    await publisher.publish([syncFailed('supabase')])
    expect(taken).toEqual([
      {
        EventBusName: 'closeline-bus',
        Source: 'closeline',
        DetailType: 'SyncFailed',
        Detail: JSON.stringify(syncFailed('supabase')),
        Time: new Date('2025-06-01T04:00:00.000Z'),
      },
    ])
  })

  it('puts ten in a request', async () => {
    const { publisher, requests } = mockedBus()
    await publisher.publish(Array.from({ length: 25 }, (_, i) => syncFailed(`source-${i}`)))
    expect(batchSizes(requests)).toEqual([10, 10, 5])
  })

  /** An event that EventBridge counts as so many bytes: 14 of time, 9 of source, 10 of type, and the detail. */
  function eventOf(bytes: number): DomainEvent {
    const frame = 14 + 'closeline'.length + 'SyncFailed'.length + JSON.stringify(syncFailed('a', '')).length
    return syncFailed('a', 'x'.repeat(bytes - frame))
  }

  it('puts no more than 256 KiB in a request', async () => {
    const { publisher, requests } = mockedBus()
    await publisher.publish([eventOf(131_072), eventOf(131_072), eventOf(1000)])
    expect(batchSizes(requests)).toEqual([2, 1])
    requests.resetHistory()
    await publisher.publish([eventOf(131_072), eventOf(131_073)])
    expect(batchSizes(requests)).toEqual([1, 1])
  })

  it('counts bytes, not characters', async () => {
    const { publisher, requests } = mockedBus()
    await publisher.publish([syncFailed('a', 'ü'.repeat(70_000)), syncFailed('b', 'ü'.repeat(70_000))])
    expect(batchSizes(requests)).toEqual([1, 1])
  })

  it('puts nothing where one event is larger than EventBridge takes', async () => {
    const { publisher, requests } = mockedBus()
    await expect(publisher.publish([syncFailed('a'), eventOf(262_145)])).rejects.toBeInstanceOf(InvariantError)
    expect(requests.calls()).toHaveLength(0)
  })

  const THROTTLED = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }

  it('puts those again that were not taken, and only those', async () => {
    const { publisher, requests, pauses } = mockedBus()
    requests
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 2, Entries: [THROTTLED, { EventId: '1' }, THROTTLED] })
      .resolvesOnce({ FailedEntryCount: 1, Entries: [{ EventId: '2' }, THROTTLED] })
      .resolvesOnce({ FailedEntryCount: 0, Entries: [{ EventId: '3' }] })
    await publisher.publish([syncFailed('a'), syncFailed('b'), syncFailed('c')])
    expect(sourcesPut(requests)).toEqual([['a', 'b', 'c'], ['a', 'c'], ['c']])
    expect(pauses).toEqual([100, 200])
  })

  it('gives up after three retries, having tried the other batches too', async () => {
    const { publisher, requests, pauses } = mockedBus()
    requests.on(PutEventsCommand).callsFake(async ({ Entries = [] }: PutEventsCommandInput) => ({
      Entries: Entries.map(({ Detail = '' }) => (Detail.includes('"bad"') ? THROTTLED : { EventId: 'taken' })),
    }))
    const good = Array.from({ length: 10 }, (_, i) => syncFailed(`source-${i}`))
    await expect(publisher.publish([syncFailed('bad'), ...good])).rejects.toMatchObject({
      name: 'UpstreamError',
      vendor: 'EventBridge',
      message: '1 of 11 events were not taken; ThrottlingException: Rate exceeded',
      retryable: true,
    })
    expect(pauses).toEqual([100, 200, 400])
    expect(sourcesPut(requests).map((sources) => sources.length)).toEqual([10, 1, 1, 1, 1])
  })

  it('does not take silence about an entry for a yes', async () => {
    const { publisher, requests } = mockedBus()
    requests.on(PutEventsCommand).resolves({ Entries: [] })
    await expect(publisher.publish([syncFailed('a')])).rejects.toMatchObject({ name: 'UpstreamError' })
  })

  it.each([
    ['AccessDeniedException', 400, false],
    ['ThrottlingException', 400, true],
    ['InternalException', 500, true],
  ])('turns a refusal of the request into an UpstreamError: %s', async (name, httpStatusCode, retryable) => {
    const { publisher, requests } = mockedBus()
    const refusal = { name, message: 'no', $fault: 'client', $metadata: { httpStatusCode } } as const
    requests.on(PutEventsCommand).rejects(new EventBridgeServiceException(refusal))
    await expect(publisher.publish([syncFailed('a')])).rejects.toMatchObject({ vendor: 'EventBridge', retryable })
  })

  it('says that a request that was never answered may pass', async () => {
    const { publisher, requests } = mockedBus()
    requests.on(PutEventsCommand).rejects(new Error('socket hang up'))
    await expect(publisher.publish([syncFailed('a')])).rejects.toMatchObject({
      message: 'socket hang up',
      retryable: true,
    })
  })

  function entriesPut(requests: ReturnType<typeof mockedBus>['requests']): PutEventsRequestEntry[][] {
    return requests.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? [])
  }

  function batchSizes(requests: ReturnType<typeof mockedBus>['requests']): number[] {
    return entriesPut(requests).map((entries) => entries.length)
  }

  function sourcesPut(requests: ReturnType<typeof mockedBus>['requests']): string[][] {
    return entriesPut(requests).map((entries) => entries.map(({ Detail = '' }) => JSON.parse(Detail).source))
  }
})
