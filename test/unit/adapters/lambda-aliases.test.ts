import { GetAliasCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { lambdaAliases } from '../../../shared/adapters/lambda-aliases.ts'
import { fakeLambda, lambdaRefusal } from '../../support/fake-lambda.ts'

const NAME = 'closeline-dev-prediction'
const ALONE = { stable: '7', canary: null, weight: 0 }
const SPLIT = { stable: '7', canary: '8', weight: 0.1 }
const INTERNAL = lambdaRefusal('ServiceException', 500)

function opened(live = SPLIT as typeof SPLIT | typeof ALONE) {
  const { client, requests, memory } = fakeLambda()
  const waits: number[] = []
  const aliases = lambdaAliases(client, async (ms) => void waits.push(ms))
  const { revisionId } = memory.setLive(NAME, live)
  return { requests, memory, aliases, waits, revisionId }
}

describe('an alias on Lambda', () => {
  it('is moved with its weights said outright, none of them where there is no canary', async () => {
    const { aliases, requests, revisionId } = opened()
    const { revisionId: next } = await aliases.shift(NAME, ALONE, revisionId)
    await aliases.shift(NAME, SPLIT, next)
    expect(requests.commandCalls(UpdateAliasCommand).map(({ args }) => args[0].input)).toEqual([
      {
        ...{ FunctionName: NAME, Name: 'live', FunctionVersion: '7', RevisionId: revisionId },
        RoutingConfig: { AdditionalVersionWeights: {} },
      },
      {
        ...{ FunctionName: NAME, Name: 'live', FunctionVersion: '7', RevisionId: next },
        RoutingConfig: { AdditionalVersionWeights: { '8': 0.1 } },
      },
    ])
  })

  it('has no canary where the weight of one is 0', async () => {
    const { aliases, requests } = opened()
    const routing = { AdditionalVersionWeights: { '8': 0 } }
    requests.on(GetAliasCommand).resolves({ FunctionVersion: '7', RevisionId: 'r', RoutingConfig: routing })
    expect(await aliases.get(NAME)).toEqual({ ...ALONE, revisionId: 'r' })
  })

  it('is tried again where Lambda fails at the update', async () => {
    const { aliases, requests, memory, waits, revisionId } = opened()
    requests
      .on(UpdateAliasCommand)
      .rejectsOnce(INTERNAL)
      .rejectsOnce(INTERNAL)
      .callsFake(async () => {
        const { revisionId: RevisionId } = memory.setLive(NAME, ALONE)
        return { FunctionVersion: '7', RevisionId }
      })
    expect(await aliases.shift(NAME, ALONE, revisionId)).toMatchObject(ALONE)
    expect(waits).toEqual([500, 1000])
  })

  it('is where it is wanted where Lambda failed after the update', async () => {
    const { aliases, requests, memory, waits, revisionId } = opened()
    requests.on(UpdateAliasCommand).callsFake(async () => {
      memory.setLive(NAME, ALONE)
      throw INTERNAL
    })
    expect(await aliases.shift(NAME, ALONE, revisionId)).toMatchObject(ALONE)
    expect([waits, requests.commandCalls(UpdateAliasCommand).length]).toEqual([[], 1])
  })

  it('is not tried again where somebody else moved it while Lambda failed', async () => {
    const { aliases, requests, memory, revisionId } = opened()
    requests.on(UpdateAliasCommand).callsFake(async () => {
      memory.setLive(NAME, { ...SPLIT, weight: 0.3 })
      throw INTERNAL
    })
    await expect(aliases.shift(NAME, ALONE, revisionId)).rejects.toThrow('it is at 7, and 8 for 30 %')
    expect(requests.commandCalls(UpdateAliasCommand)).toHaveLength(1)
  })

  it('is given up after four tries', async () => {
    const { aliases, requests, waits, revisionId } = opened()
    requests.on(UpdateAliasCommand).rejects(INTERNAL)
    await expect(aliases.shift(NAME, ALONE, revisionId)).rejects.toMatchObject({
      ...{ name: 'UpstreamError', vendor: 'Lambda', retryable: true },
    })
    expect([requests.commandCalls(UpdateAliasCommand).length, waits]).toEqual([4, [500, 1000, 2000]])
  })

  it('is not tried again where Lambda refuses', async () => {
    const { aliases, requests, waits, revisionId } = opened()
    requests.on(UpdateAliasCommand).rejects(lambdaRefusal('AccessDeniedException', 403))
    await expect(aliases.shift(NAME, ALONE, revisionId)).rejects.toMatchObject({ vendor: 'Lambda', retryable: false })
    expect(waits).toEqual([])
  })

  it('cannot be read where Lambda leaves out what it is', async () => {
    const { aliases, requests } = opened()
    requests.on(GetAliasCommand).resolves({ FunctionVersion: '7' })
    await expect(aliases.get(NAME)).rejects.toMatchObject({ vendor: 'Lambda', retryable: false })
  })

  it('cannot be read where Lambda is out of reach', async () => {
    const { aliases, requests } = opened()
    requests.on(GetAliasCommand).rejects(new Error('connect ECONNREFUSED'))
    await expect(aliases.get(NAME)).rejects.toMatchObject({ vendor: 'Lambda', retryable: true })
  })
})
