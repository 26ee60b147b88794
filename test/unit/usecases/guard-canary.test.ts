import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { alarmEventSchema } from '../../../shared/traffic/alarm-event.ts'
import { guardCanary } from '../../../shared/usecases/guard-canary.ts'
import { expressionAlarmEvent, metricAlarmEvent } from '../../support/alarm-events.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLambda } from '../../support/memory-lambda.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { MOVED_MS } from '../../support/memory-operations.ts'

const NAME = 'closeline-dev-prediction'
const ALARM = `${NAME}-canary-errors`
const AT = new Date(MOVED_MS).toISOString()

function guarded(canary: string | null = '8', weight = canary === null ? 0 : 0.1) {
  const lambda = memoryLambda()
  lambda.setLive(NAME, { stable: '7', canary, weight })
  const deps = {
    aliases: lambda.aliases,
    events: memoryEventPublisher(),
    logger: memoryLogger(),
    clock: manualClock(MOVED_MS),
  }
  const tell = (event = metricAlarmEvent({ name: ALARM })) => guardCanary(deps, 'dev', alarmEventSchema.parse(event))
  return { lambda, deps, tell, live: () => lambda.aliases.get(NAME) }
}

const ALONE = { stable: '7', canary: null, weight: 0 }

describe('the guard', () => {
  it('takes the canary away whose alarm fires, and tells so', async () => {
    const { deps, tell, live } = guarded()
    expect(await tell()).toEqual({
      outcome: 'taken_away',
      ...{ function: 'prediction', stable: '7', canary: '8', weight: 0.1, announced: true },
    })
    expect(await live()).toMatchObject(ALONE)
    const where = { at: AT, stage: 'dev', function: 'prediction', stable: '7' }
    expect(deps.events.events).toEqual([
      {
        type: 'CanaryUnhealthy',
        ...where,
        canary: '8',
        weight: 0.1,
        alarm: ALARM,
        reason: expect.stringContaining('[12.0]'),
      },
      { type: 'TrafficShifted', ...where, move: 'guard', canary: null, weight: 0 },
    ])
  })

  it('does nothing the second time that an event comes', async () => {
    const { deps, tell } = guarded()
    await tell()
    expect(await tell()).toEqual({ outcome: 'ignored', reason: 'no canary has traffic, all of it goes to version 7' })
    expect(deps.events.events).toHaveLength(2)
  })

  it('does not take a newer canary away for an alarm on an older one', async () => {
    const { tell, live } = guarded('9')
    expect(await tell()).toEqual({
      outcome: 'ignored',
      reason: `${ALARM} is about version 8, and version 9 is canary beside 7`,
    })
    expect(await live()).toMatchObject({ canary: '9', weight: 0.1 })
  })

  it('takes the canary away for an alarm that compares it with the stable version, and with no other', async () => {
    const compared = guarded()
    const old = await compared.tell(metricAlarmEvent({ name: ALARM, versions: ['8', '6'] }))
    expect(old).toMatchObject({ reason: `${ALARM} is about version 8 and 6, and version 8 is canary beside 7` })
    expect(await compared.tell(metricAlarmEvent({ name: ALARM, versions: ['7'] }))).toMatchObject({
      outcome: 'ignored',
    })
    expect(await compared.tell(metricAlarmEvent({ name: ALARM, versions: ['8', '7'] }))).toMatchObject({ canary: '8' })
  })

  it('takes any canary away where the alarm names no version', async () => {
    const { tell, live } = guarded('9')
    await tell(metricAlarmEvent({ name: ALARM, versions: [] }))
    expect(await live()).toMatchObject(ALONE)
  })

  it('reads the version from an expression too', async () => {
    const { tell } = guarded('8')
    expect(await tell(expressionAlarmEvent({ name: `${NAME}-canary-latency` }))).toMatchObject({ canary: '8' })
  })

  it.each([
    [metricAlarmEvent({ name: ALARM, state: 'OK' }), `${ALARM} is OK`],
    [metricAlarmEvent({ name: `${NAME}-throttles` }), `${NAME}-throttles watches no canary of dev`],
    [
      metricAlarmEvent({ name: 'closeline-prod-prediction-canary-errors' }),
      'closeline-prod-prediction-canary-errors watches no canary of dev',
    ],
    [metricAlarmEvent({ name: 'closeline-dev-scoring-canary-errors' }), 'the function has no live alias'],
  ])('ignores what is no matter of its own, and says why: %#', async (event, reason) => {
    const { tell, live, deps } = guarded()
    expect(await tell(event)).toEqual({ outcome: 'ignored', reason })
    expect(await live()).toMatchObject({ canary: '8', weight: 0.1 })
    expect(deps.events.events).toEqual([])
  })

  it('tells a weight that was set by hand beyond what events know as the largest', async () => {
    const { deps, tell } = guarded('8', 0.9)
    expect(await tell()).toMatchObject({ weight: 0.9 })
    expect(deps.events.events[0]).toMatchObject({ type: 'CanaryUnhealthy', weight: 0.5 })
  })

  it('judges anew where the alias is moved in the same moment', async () => {
    const { lambda, deps, live } = guarded()
    let reads = 0
    const aliases = {
      ...lambda.aliases,
      get: async (name: string) => {
        const seen = await lambda.aliases.get(name)
        reads++
        if (reads === 1) lambda.setLive(NAME, { stable: '7', canary: '8', weight: 0.5 })
        return seen
      },
    }
    const event = alarmEventSchema.parse(metricAlarmEvent({ name: ALARM }))
    expect(await guardCanary({ ...deps, aliases }, 'dev', event)).toMatchObject({ weight: 0.5 })
    expect(await live()).toMatchObject(ALONE)
  })

  it('gives up where it is moved again and again, so that the event comes again', async () => {
    const { lambda, deps } = guarded()
    const aliases = {
      ...lambda.aliases,
      get: async (name: string) => {
        const seen = await lambda.aliases.get(name)
        lambda.setLive(NAME, { stable: '7', canary: '8', weight: 0.1 })
        return seen
      },
      shift: (name: string, to: typeof ALONE) => lambda.aliases.shift(name, { ...to, weight: 0.3 }, 'long gone'),
    }
    const event = alarmEventSchema.parse(metricAlarmEvent({ name: ALARM }))
    await expect(guardCanary({ ...deps, aliases }, 'dev', event)).rejects.toMatchObject({ code: 'traffic_moved' })
  })

  it('has taken the canary away also where nobody can be told', async () => {
    const { deps, live, lambda } = guarded()
    const publish = async () => {
      throw new UpstreamError('EventBridge', 'throttled')
    }
    const event = alarmEventSchema.parse(metricAlarmEvent({ name: ALARM }))
    const outcome = await guardCanary({ ...deps, aliases: lambda.aliases, events: { publish } }, 'dev', event)
    expect(outcome).toMatchObject({ outcome: 'taken_away', announced: false })
    expect(await live()).toMatchObject(ALONE)
    expect(deps.logger.of('guard_news_failed')).toHaveLength(1)
  })

  it('fails where the alias cannot be read, so that the event comes again', async () => {
    const { deps, lambda } = guarded()
    const get = async () => {
      throw new UpstreamError('Lambda', 'down')
    }
    const event = alarmEventSchema.parse(metricAlarmEvent({ name: ALARM }))
    await expect(guardCanary({ ...deps, aliases: { ...lambda.aliases, get } }, 'dev', event)).rejects.toThrow('down')
  })
})
