import { describe, expect, it } from 'vitest'
import { alarmEventSchema, canaryAlarmNames, canaryAlarmOf } from '../../../shared/traffic/alarm-event.ts'
import { compositeAlarmEvent, expressionAlarmEvent, metricAlarmEvent } from '../../support/alarm-events.ts'

const ERRORS = 'closeline-dev-prediction-canary-errors'

const alarmOf = (event: Record<string, unknown>, stage: 'dev' | 'prod' = 'dev') =>
  canaryAlarmOf(alarmEventSchema.parse(event), stage)

describe('the event of a canary’s alarm', () => {
  it('tells the function, the state, the reason and the version that it watches', () => {
    expect(alarmOf(metricAlarmEvent({ name: ERRORS }))).toEqual({
      name: ERRORS,
      function: 'prediction',
      isFiring: true,
      reason: 'Threshold Crossed: 1 out of the last 1 datapoints [12.0] was greater than the threshold (1.0).',
      watched: ['8'],
    })
  })

  it('tells the version of an expression once, whatever number of metrics it is made of', () => {
    const name = 'closeline-dev-scoring-canary-latency'
    expect(alarmOf(expressionAlarmEvent({ name }))).toMatchObject({ function: 'scoring', watched: ['8'] })
  })

  it('may name no version', () => {
    expect(alarmOf(metricAlarmEvent({ name: ERRORS, versions: [] }))?.watched).toEqual([])
    expect(alarmOf(compositeAlarmEvent({ name: ERRORS }))?.watched).toEqual([])
  })

  it.each(['OK', 'INSUFFICIENT_DATA'] as const)('does not fire in the state %s', (state) => {
    expect(alarmOf(metricAlarmEvent({ name: ERRORS, state }))?.isFiring).toBe(false)
  })

  it('is that of its own stage only', () => {
    expect(alarmOf(metricAlarmEvent({ name: ERRORS }), 'prod')).toBeUndefined()
    expect(alarmOf(metricAlarmEvent({ name: 'closeline-dev-prediction-throttles' }))).toBeUndefined()
  })

  it('is no other event', () => {
    const other = { ...metricAlarmEvent({ name: ERRORS }), 'detail-type': 'CloudWatch Alarm Configuration Change' }
    expect(alarmEventSchema.safeParse(other).success).toBe(false)
  })
})

describe('the alarms of a canary', () => {
  it('are two', () => {
    expect(canaryAlarmNames('dev', 'prediction')).toEqual([ERRORS, 'closeline-dev-prediction-canary-latency'])
  })
})
