import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { Move } from '../../../shared/usecases/shift-traffic.ts'
import { planShift } from '../../../shared/usecases/shift-traffic.ts'
import type { ShiftOptions } from '../../../shared/usecases/shift-traffic-carry-out.ts'
import { carryOut } from '../../../shared/usecases/shift-traffic-carry-out.ts'
import type { Deployment } from '../../support/memory-operations.ts'
import { dormantOperations, MOVED_MS } from '../../support/memory-operations.ts'

const traffic = (
  stable: string,
  canary: string | null = null,
  weight = 0,
  previous: string | null = null,
): Traffic => ({
  ...{ stable, canary, weight, previous },
})

const CALM: ShiftOptions = { emergency: false, monitorMinutes: 15, despiteSmoke: false }
const AT_STAGE = { stage: 'dev', function: 'prediction' } as const

type Dormant = ReturnType<typeof dormantOperations>

async function move(made: Dormant, wanted: Move, options: Partial<ShiftOptions> = {}) {
  const plan = await planShift(made.operations, { ...wanted, ...AT_STAGE })
  return carryOut(made.operations, plan, { ...CALM, ...options })
}

const filed = ({ traffic: { file } }: Dormant) => file.dev?.prediction
const stacks = ({ deployments }: Dormant) => deployments.map(({ stack }) => stack)
const ALARM_ARNS = ['arn:closeline-dev-prediction-canary-errors', 'arn:closeline-dev-prediction-canary-latency']

describe('a canary', () => {
  it('has its alarms deployed first, which then watch the shift', async () => {
    const made = dormantOperations(traffic('7', null, 0, '6'))
    const { warnings, tried } = await move(made, { move: 'canary', weight: 0.1 })
    expect(stacks(made)).toEqual(['Canary', 'Traffic'])
    expect(made.deployments[1]).toEqual({
      stack: 'Traffic',
      context: { ...AT_STAGE, stable: '7', canary: '9', weight: '0.1' },
      options: { rollbackTriggers: { alarmArns: ALARM_ARNS, monitorMinutes: 15 } },
    })
    expect(await made.live()).toMatchObject({ stable: '7', canary: '9', weight: 0.1 })
    expect(filed(made)).toEqual(traffic('7', '9', 0.1, '6'))
    expect([warnings, tried]).toEqual([[], ['live', 'health', 'predict']])
  })

  it('is told on the bus', async () => {
    const made = dormantOperations(traffic('7'))
    await move(made, { move: 'canary', weight: 0.1 })
    const at = new Date(MOVED_MS).toISOString()
    const shifted = { type: 'TrafficShifted', at, ...AT_STAGE, move: 'canary', stable: '7', canary: '9', weight: 0.1 }
    expect(made.events.events).toEqual([shifted])
  })

  it('is written down after AWS has it: a deployment that is undone leaves the file as it was', async () => {
    const made = dormantOperations(traffic('7'))
    made.hooks.before = ({ stack }) => {
      if (stack === 'Traffic') throw new UpstreamError('cdk', 'the alarm went off')
    }
    await expect(move(made, { move: 'canary', weight: 0.1 })).rejects.toThrow('the alarm went off')
    expect(filed(made)).toEqual(traffic('7'))
    expect(made.events.events).toEqual([])
  })

  it('is warned of where no alarm watches it', async () => {
    const made = dormantOperations(traffic('7'))
    const blind = { ...made, operations: { ...made.operations, alarms: { find: async () => [] } } }
    expect((await move(blind, { move: 'canary', weight: 0.1 })).warnings).toEqual([
      'no alarm watches the canary: the stack Canary has made none',
    ])
    expect(made.deployments[1]?.options).toEqual({ rollbackTriggers: { alarmArns: [], monitorMinutes: 15 } })
  })

  it.each([
    ['Canary', ['Canary']],
    ['Traffic', ['Canary', 'Traffic']],
  ])('is not brought back where the guard takes it away during the deployment of %s', async (stack, deployed) => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    const guard = () => made.lambda.setLive(made.name, traffic('7'))
    const guarded = { ...made.operations, deployer: afterDeploying(made, stack, guard) }
    await expect(move({ ...made, operations: guarded }, { move: 'canary', weight: 0.5 })).rejects.toMatchObject({
      code: 'traffic_moved',
    })
    expect(await made.live()).toMatchObject({ canary: null })
    expect(filed(made)).toEqual(traffic('7', '8', 0.1))
    expect(stacks(made)).toEqual(deployed)
  })
})

/** The deployer, with something that happens once a stack has been deployed. */
function afterDeploying({ operations }: Dormant, stack: string, happens: () => unknown) {
  return {
    ...operations.deployer,
    deploy: async (...asked: Parameters<typeof operations.deployer.deploy>) => {
      const outputs = await operations.deployer.deploy(...asked)
      if (asked[0] === stack) happens()
      return outputs
    },
  }
}

describe('a version that fails its trial', () => {
  const failing = (made: Dormant) =>
    made.lambda.answerWith((version) => ({
      ...{ executedVersion: version, error: undefined, statusCode: 503, headers: { 'x-function-version': version } },
      body: undefined,
    }))

  it.each<[Move, Traffic, string]>([
    [{ move: 'canary', weight: 0.1 }, traffic('7'), '9'],
    [{ move: 'promote' }, traffic('7', '8', 0.1), '8'],
    [{ move: 'rollback' }, traffic('8', null, 0, '7'), '7'],
  ])('gets no traffic by %j', async (wanted, before, version) => {
    const made = dormantOperations(before)
    failing(made)
    await expect(move(made, wanted)).rejects.toThrow(
      `version ${version} of closeline-dev-prediction fails its trial: live: status 503, not 200`,
    )
    expect([stacks(made), filed(made)]).toEqual([[], before])
    expect(await made.live()).toMatchObject({ stable: before.stable })
  })

  it('is not even asked where that is wanted', async () => {
    const made = dormantOperations(traffic('8', null, 0, '7'))
    failing(made)
    expect((await move(made, { move: 'rollback' }, { despiteSmoke: true })).tried).toEqual([])
    expect(await made.live()).toMatchObject({ stable: '7' })
  })
})

describe('a promotion', () => {
  it('moves everything, forgets the alarms of the shift before and takes away those of the canary', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    await move(made, { move: 'promote' })
    const context = { ...AT_STAGE, stable: '8' }
    expect(made.deployments).toEqual([
      { stack: 'Traffic', context, options: { rollbackTriggers: { alarmArns: [], monitorMinutes: 0 } } },
      { stack: 'Canary', context, options: {} },
    ])
    expect(filed(made)).toEqual(traffic('8', null, 0, '7'))
  })

  it('has moved the traffic also where the alarms cannot be taken away, and says so', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    made.hooks.before = ({ stack }: Deployment) => {
      if (stack === 'Canary') throw new UpstreamError('cdk', 'busy')
    }
    expect((await move(made, { move: 'promote' })).warnings).toEqual([
      "the traffic has moved, but the canary's alarms still stand: busy",
    ])
    expect(filed(made)).toEqual(traffic('8', null, 0, '7'))
  })
})

describe('a rollback', () => {
  it('is written down before AWS is asked: cut short, the next deployment finishes it', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    made.hooks.before = () => {
      expect(filed(made)).toEqual(traffic('7'))
      throw new UpstreamError('cdk', 'killed')
    }
    await expect(move(made, { move: 'rollback' })).rejects.toThrow('killed')
    made.hooks.before = () => {}
    await move(made, { move: 'rollback' })
    expect(filed(made)).toEqual(traffic('7'))
    expect(await made.live()).toMatchObject({ stable: '7', canary: null })
  })

  it('settles what the guard has done', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1, '6'), traffic('7'))
    await move(made, { move: 'rollback' })
    expect(filed(made)).toEqual(traffic('7', null, 0, '6'))
  })

  it('after a promotion returns to what was stable before', async () => {
    const made = dormantOperations(traffic('7'))
    await move(made, { move: 'canary', weight: 0.1 })
    await move(made, { move: 'promote' })
    await move(made, { move: 'rollback' })
    expect([await made.live(), filed(made)]).toMatchObject([{ stable: '7', canary: null }, traffic('7')])
  })
})

describe('an alias that was moved past CloudFormation', () => {
  it('is moved by hand where the template is the last one again', async () => {
    const made = dormantOperations(traffic('7'))
    await move(made, { move: 'canary', weight: 0.1 })
    await move(made, { move: 'rollback' }, { emergency: true })
    await move(made, { move: 'canary', weight: 0.1 })
    expect(await made.live()).toMatchObject({ stable: '7', canary: '9', weight: 0.1 })
    expect(filed(made)).toEqual(traffic('7', '9', 0.1))
  })
})

describe('weights that CloudFormation leaves standing', () => {
  it.each<[Move, Traffic, ReturnType<typeof traffic>]>([
    [{ move: 'rollback' }, traffic('7', '8', 0.1), traffic('7', '8', 0.1)],
    [{ move: 'promote' }, traffic('7', '8', 0.1), traffic('8', '7', 0.1)],
  ])('are taken away after %j', async (wanted, before, left) => {
    const made = dormantOperations(before)
    const leaving = {
      ...made.operations,
      deployer: afterDeploying(made, 'Traffic', () => made.lambda.setLive(made.name, left)),
    }
    await move({ ...made, operations: leaving }, wanted)
    expect(await made.live()).toMatchObject({ stable: left.stable, canary: null, weight: 0 })
  })
})

describe('in an emergency', () => {
  it.each<[Move, Traffic, Traffic]>([
    [{ move: 'canary', weight: 0.1 }, traffic('7'), traffic('7', '9', 0.1)],
    [{ move: 'promote' }, traffic('7', '8', 0.1), traffic('8', null, 0, '7')],
    [{ move: 'rollback' }, traffic('8', null, 0, '7'), traffic('7')],
  ])('%j asks Lambda itself, and the file is true all the same', async (wanted, before, after) => {
    const made = dormantOperations(before)
    await move(made, wanted, { emergency: true })
    expect([stacks(made), filed(made)]).toEqual([[], after])
    expect(await made.live()).toMatchObject({ stable: after.stable, canary: after.canary, weight: after.weight })
    expect(made.events.events).toHaveLength(1)
  })

  it('a canary is not watched, and that is said', async () => {
    const made = dormantOperations(traffic('7'))
    const { warnings } = await move(made, { move: 'canary', weight: 0.1 }, { emergency: true })
    expect(warnings).toEqual([expect.stringContaining('no alarm may be watching')])
  })

  it('refuses where the alias has moved since the plan was made, and does not write a promotion down', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    const plan = await planShift(made.operations, { move: 'promote', ...AT_STAGE })
    made.lambda.setLive(made.name, traffic('7', '8', 0.5))
    const late = carryOut(made.operations, plan, { ...CALM, emergency: true })
    await expect(late).rejects.toMatchObject({ code: 'traffic_moved' })
    expect(filed(made)).toEqual(traffic('7', '8', 0.1))
  })
})

describe('a bus that takes no news', () => {
  it('is told of, and the traffic has moved all the same', async () => {
    const made = dormantOperations(traffic('7', '8', 0.1))
    const publish = async () => {
      throw new UpstreamError('EventBridge', 'no such bus')
    }
    const deaf = { ...made, operations: { ...made.operations, events: { ...made.events, publish } } }
    expect((await move(deaf, { move: 'promote' })).warnings).toEqual([
      'the traffic has moved, but the event bus did not take the news: no such bus',
    ])
    expect(filed(made)).toEqual(traffic('8', null, 0, '7'))
  })
})
