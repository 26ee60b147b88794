import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { trafficStatus } from '../../../shared/usecases/traffic-status.ts'
import { dormantOperations, memoryOperations } from '../../support/memory-operations.ts'

const SPLIT: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }
const PREDICTION = { stage: 'dev', functions: ['prediction'] } as const

const statusOf = async ({ operations }: Pick<ReturnType<typeof memoryOperations>, 'operations'>) => {
  const status = await trafficStatus(operations, PREDICTION)
  const [prediction] = status.functions
  if (prediction === undefined) throw new Error('it tells of no function')
  return { status, prediction }
}

describe('the status of traffic', () => {
  it('tells file, AWS, versions with their models, alarms and the pinned model', async () => {
    const made = dormantOperations(SPLIT)
    const pin = { version: 'blend-0f3a9c2b71de', sha256: 'a'.repeat(64) }
    await made.operations.pinned.set('dev', pin)
    made.lambda.publish(made.name, { modelVersion: pin.version })
    const alarm = { name: `${made.name}-canary-errors`, arn: 'arn', state: 'ALARM' as const }
    made.alarms.push(alarm, { ...alarm, name: 'another' })
    const { status, prediction } = await statusOf(made)
    expect(status).toMatchObject({ stage: 'dev', pinned: pin, hasDrift: false })
    const { previous: _, ...answering } = SPLIT
    expect(prediction).toMatchObject({ name: made.name, filed: SPLIT, live: answering, drift: null, alarms: [alarm] })
    expect(prediction.live).not.toHaveProperty('revisionId')
    expect(prediction.versions[0]).toMatchObject({ number: '10', modelVersion: pin.version })
  })

  it('tells a drift and what settles it', async () => {
    const { status, prediction } = await statusOf(dormantOperations(SPLIT, { stable: '7', canary: null, weight: 0 }))
    expect(status.hasDrift).toBe(true)
    expect(prediction.drift).toEqual({
      what: 'AWS sends requests to 7; traffic.json says 7, and 8 for 10 %',
      settledBy: ['closeline rollback makes it 7 in both'],
    })
  })

  it('knows no drift where there is nothing yet', async () => {
    const { status, prediction } = await statusOf(memoryOperations())
    expect([status.hasDrift, prediction.filed, prediction.live, prediction.versions]).toEqual([false, null, null, []])
  })

  it('knows a drift where only one of the two has the function', async () => {
    const gone = memoryOperations()
    gone.traffic.file = { dev: { prediction: SPLIT } }
    expect((await statusOf(gone)).prediction.drift?.what).toBe(
      'traffic.json names version 7, and AWS has no live alias',
    )
    const unfiled = dormantOperations(SPLIT)
    unfiled.traffic.file = {}
    expect((await statusOf(unfiled)).prediction.drift?.what).toContain('traffic.json does not name the function')
  })

  it('shows the newest ten versions, and older ones that answer', async () => {
    const made = dormantOperations({ stable: '2', canary: '1', weight: 0.1, previous: null })
    for (let more = 0; more < 5; more++) made.lambda.publish(made.name)
    const { prediction } = await statusOf(made)
    const shown = ['14', '13', '12', '11', '10', '9', '8', '7', '6', '5', '2', '1']
    expect(prediction.versions.map(({ number }) => number)).toEqual(shown)
  })
})
