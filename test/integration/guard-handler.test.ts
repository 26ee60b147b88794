import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { expressionAlarmEvent, metricAlarmEvent } from '../support/alarm-events.ts'
import { answerFromMemory } from '../support/fake-lambda.ts'
import { memoryLambda } from '../support/memory-lambda.ts'

const NAME = 'closeline-dev-prediction'
const ALARM = `${NAME}-canary-errors`

/** The handler makes its own clients, so every one there is is answered from memory. */
const lambda = mockClient(LambdaClient)
const bus = mockClient(EventBridgeClient)
const memory = memoryLambda()
const lines: string[] = []
let handler: (event: unknown) => Promise<unknown>

beforeAll(async () => {
  answerFromMemory(lambda, memory)
  bus.on(PutEventsCommand).callsFake(async ({ Entries = [] }: PutEventsCommandInput) => ({
    FailedEntryCount: 0,
    Entries: Entries.map((_, i) => ({ EventId: String(i) })),
  }))
  vi.stubEnv('STAGE', 'dev')
  vi.stubEnv('EVENT_BUS', 'closeline-dev')
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  handler = (await import('../../functions/guard/handler.ts')).handler
})

beforeEach(() => {
  memory.setLive(NAME, { stable: '7', canary: '8', weight: 0.1 })
  lambda.resetHistory()
  bus.resetHistory()
  lines.length = 0
})

describe('the guard’s handler', () => {
  it('sends the canary’s requests back to stable when its alarm goes off', async () => {
    expect(await handler(metricAlarmEvent({ name: ALARM }))).toMatchObject({ outcome: 'taken_away', announced: true })
    expect(await memory.aliases.get(NAME)).toMatchObject({ stable: '7', canary: null, weight: 0 })
    const [put] = bus.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? [])
    expect(put?.map(({ EventBusName, DetailType }) => `${EventBusName} ${DetailType}`)).toEqual([
      'closeline-dev CanaryUnhealthy',
      'closeline-dev TrafficShifted',
    ])
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['canary_taken_away', 'guarded'])
  })

  it('does so once, however often the event comes', async () => {
    await handler(expressionAlarmEvent({ name: ALARM }))
    expect(await handler(expressionAlarmEvent({ name: ALARM }))).toMatchObject({ outcome: 'ignored' })
    expect(lambda.commandCalls(UpdateAliasCommand)).toHaveLength(1)
    expect(bus.commandCalls(PutEventsCommand)).toHaveLength(1)
  })

  it('says of other alarms that they are none of its own', async () => {
    expect(await handler(metricAlarmEvent({ name: 'closeline-dev-pipeline-heartbeat' }))).toEqual({
      outcome: 'ignored',
      reason: 'closeline-dev-pipeline-heartbeat watches no canary of dev',
    })
    expect(lines.join('')).toContain('watches no canary of dev')
    expect(lambda.calls()).toEqual([])
  })

  it.each([{}, null, { 'detail-type': 'Scheduled Event', detail: {} }])(
    'fails at what is no alarm: %j',
    async (event) => {
      await expect(handler(event)).rejects.toThrow()
      expect(lambda.calls()).toEqual([])
    },
  )
})
