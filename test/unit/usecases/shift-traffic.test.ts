import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import type { Move } from '../../../shared/usecases/shift-traffic.ts'
import {
  contextOf,
  movesTraffic,
  planInWords,
  planShift,
  previewShift,
} from '../../../shared/usecases/shift-traffic.ts'
import { dormantOperations, memoryOperations } from '../../support/memory-operations.ts'

const traffic = (
  stable: string,
  canary: string | null = null,
  weight = 0,
  previous: string | null = null,
): Traffic => ({
  ...{ stable, canary, weight, previous },
})

const AT_STAGE = { stage: 'dev', function: 'prediction' } as const

function plan(move: Move, filed: Traffic, live: Pick<Traffic, 'stable' | 'canary' | 'weight'> = filed) {
  const made = dormantOperations(filed, live)
  return { ...made, planned: planShift(made.operations, { ...move, ...AT_STAGE }) }
}

describe('the plan of a move', () => {
  it('gives the newest version to a new canary', async () => {
    const { planned } = plan({ move: 'canary', weight: 0.1 }, traffic('7'))
    expect(await planned).toMatchObject({ target: traffic('7', '9', 0.1), risen: { number: '9' } })
  })

  it('keeps the canary that there is where only its share changes', async () => {
    const { planned } = plan({ move: 'canary', weight: 0.5 }, traffic('7', '8', 0.1))
    expect((await planned).target).toEqual(traffic('7', '8', 0.5))
  })

  it('takes the version that is named', async () => {
    const { planned } = plan({ move: 'canary', weight: 0.5, version: '5' }, traffic('7'))
    expect((await planned).target.canary).toBe('5')
  })

  it('promotes the canary, or a version that is named', async () => {
    expect((await plan({ move: 'promote' }, traffic('7', '8', 0.1)).planned).target).toEqual(traffic('8', null, 0, '7'))
    expect((await plan({ move: 'promote', version: '9' }, traffic('7')).planned).target).toEqual(
      traffic('9', null, 0, '7'),
    )
  })

  it('tries the version that a rollback leads to', async () => {
    expect(await plan({ move: 'rollback' }, traffic('7', '8', 0.1)).planned).toMatchObject({ risen: { number: '7' } })
    expect(await plan({ move: 'rollback' }, traffic('8', null, 0, '7')).planned).toMatchObject({
      ...{ target: traffic('7'), risen: { number: '7' } },
    })
  })

  it('changes nothing', async () => {
    const made = dormantOperations(traffic('7'))
    const before = [await made.live(), structuredClone(made.traffic.file)]
    await planShift(made.operations, { move: 'canary', weight: 0.1, ...AT_STAGE })
    expect([await made.live(), made.traffic.file]).toEqual(before)
    expect([made.deployments, made.lambda.asked, made.events.events]).toEqual([[], [], []])
  })

  it.each<[Move, Traffic, Traffic, string]>([
    [{ move: 'canary', weight: 0.1, version: '12' }, traffic('7'), traffic('7'), 'no_such_version'],
    [{ move: 'promote', version: '12' }, traffic('7'), traffic('7'), 'no_such_version'],
    [{ move: 'rollback' }, traffic('8', null, 0, '12'), traffic('8'), 'no_such_version'],
    [{ move: 'canary', weight: 0.1 }, traffic('9'), traffic('9'), 'no_candidate'],
    [{ move: 'canary', weight: 0.1 }, traffic('7'), traffic('8'), 'traffic_drift'],
    [{ move: 'promote' }, traffic('7', '8', 0.1), traffic('7'), 'traffic_drift'],
    [{ move: 'promote' }, traffic('7'), traffic('7'), 'no_canary'],
    [{ move: 'rollback' }, traffic('7'), traffic('7'), 'nothing_to_roll_back'],
  ])('refuses %j from %j with AWS at %j: %s', async (move, filed, live, code) => {
    await expect(plan(move, filed, live).planned).rejects.toMatchObject({ name: 'DomainError', code })
  })

  it('refuses to split requests between versions of two roles, and not to go over in one step', async () => {
    const made = dormantOperations(traffic('7'))
    made.lambda.publish(made.name, { role: 'arn:aws:iam::123456789012:role/other' })
    const canary = planShift(made.operations, { move: 'canary', weight: 0.1, ...AT_STAGE })
    await expect(canary).rejects.toMatchObject({ code: 'roles_differ' })
    const promoted = await planShift(made.operations, { move: 'promote', version: '10', ...AT_STAGE })
    expect(promoted.target.stable).toBe('10')
  })

  it('goes back under any drift', async () => {
    const { planned } = plan({ move: 'rollback' }, traffic('7', '8', 0.1), traffic('8'))
    expect((await planned).target).toEqual(traffic('7'))
  })

  it('finishes a move whose command was cut short before the file', async () => {
    const { planned } = plan({ move: 'promote' }, traffic('7', '8', 0.1), traffic('8'))
    const finished = await planned
    expect(finished.target).toEqual(traffic('8', null, 0, '7'))
    expect([movesTraffic(finished), planInWords(finished)]).toEqual([false, 'closeline-dev-prediction: promote to 8'])
  })

  it('needs a deployment first', async () => {
    const nothing = memoryOperations()
    const asked = planShift(nothing.operations, { move: 'rollback', ...AT_STAGE })
    await expect(asked).rejects.toMatchObject({ code: 'not_deployed' })
    const unfiled = dormantOperations(traffic('7'))
    unfiled.traffic.file = { prod: { prediction: traffic('7') } }
    const other = planShift(unfiled.operations, { move: 'rollback', ...AT_STAGE })
    await expect(other).rejects.toThrow('traffic.json does not name it: closeline deploy comes first')
  })
})

describe('what CloudFormation is told', () => {
  it('is the whole state of the function, and no share where there is no canary', () => {
    expect(contextOf({ ...AT_STAGE, target: traffic('7', '8', 0.1, '6') })).toEqual({
      ...{ stage: 'dev', function: 'prediction', stable: '7', canary: '8', weight: '0.1' },
    })
    expect(contextOf({ ...AT_STAGE, target: traffic('8', null, 0, '7') })).toEqual({
      ...{ stage: 'dev', function: 'prediction', stable: '8' },
    })
  })

  it('is previewed with the alarms of a canary', async () => {
    const { operations, planned } = plan({ move: 'canary', weight: 0.1 }, traffic('7'))
    const context = '{"stage":"dev","function":"prediction","stable":"7","canary":"9","weight":"0.1"}'
    expect(await previewShift(operations, await planned)).toBe(`Canary ${context}\nTraffic ${context}`)
  })
})

describe('a plan in words', () => {
  it('says from where to where', async () => {
    const { planned } = plan({ move: 'promote' }, traffic('7', '8', 0.1))
    expect(planInWords(await planned)).toBe('closeline-dev-prediction: promote from 7, and 8 for 10 % to 8')
  })
})
