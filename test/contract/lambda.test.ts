import { describe, expect, it } from 'vitest'
import { lambdaAliases } from '../../shared/adapters/lambda-aliases.ts'
import { lambdaVersions } from '../../shared/adapters/lambda-versions.ts'
import type { LiveAliases, VersionShelf } from '../../shared/usecases/traffic-ports.ts'
import { fakeLambda } from '../support/fake-lambda.ts'
import type { MemoryLambda } from '../support/memory-lambda.ts'
import { memoryLambda, publishedVersion } from '../support/memory-lambda.ts'

const NAME = 'closeline-dev-prediction'
const ALONE = { stable: '7', canary: null, weight: 0 }
const SPLIT = { stable: '7', canary: '8', weight: 0.1 }

interface Subject {
  memory: MemoryLambda
  aliases: LiveAliases
  versions: VersionShelf
}

const subjects: Record<string, () => Subject> = {
  'its twin': () => {
    const memory = memoryLambda()
    return { memory, aliases: memory.aliases, versions: memory.versions }
  },
  Lambda: () => {
    const { client, memory } = fakeLambda()
    return { memory, aliases: lambdaAliases(client, async () => {}), versions: lambdaVersions(client) }
  },
}

describe.each(Object.entries(subjects))('a live alias of %s', (_, open) => {
  it('is undefined where there is no function, or no alias', async () => {
    const { aliases, memory } = open()
    expect(await aliases.get(NAME)).toBeUndefined()
    memory.publish(NAME)
    expect(await aliases.get(NAME)).toBeUndefined()
  })

  it.each([[ALONE], [SPLIT]])('tells who answers: %j', async (answering) => {
    const { aliases, memory } = open()
    const { revisionId } = memory.setLive(NAME, answering)
    expect(await aliases.get(NAME)).toEqual({ ...answering, revisionId })
  })

  it('is moved there and back, with a new revision each time', async () => {
    const { aliases, memory } = open()
    const first = memory.setLive(NAME, ALONE)
    const second = await aliases.shift(NAME, SPLIT, first.revisionId)
    expect(second).toEqual({ ...SPLIT, revisionId: second.revisionId })
    const third = await aliases.shift(NAME, ALONE, second.revisionId)
    expect(await aliases.get(NAME)).toEqual({ ...ALONE, revisionId: third.revisionId })
    expect(new Set([first, second, third].map(({ revisionId }) => revisionId)).size).toBe(3)
  })

  it('is not moved by whoever saw an older state', async () => {
    const { aliases, memory } = open()
    const { revisionId } = memory.setLive(NAME, ALONE)
    memory.setLive(NAME, { ...SPLIT, weight: 0.5 })
    await expect(aliases.shift(NAME, SPLIT, revisionId)).rejects.toMatchObject({ code: 'traffic_moved' })
    expect(await aliases.get(NAME)).toMatchObject({ weight: 0.5 })
  })

  it('is where it is wanted if somebody else has moved it there', async () => {
    const { aliases, memory } = open()
    const { revisionId } = memory.setLive(NAME, SPLIT)
    memory.setLive(NAME, ALONE)
    expect(await aliases.shift(NAME, ALONE, revisionId)).toMatchObject(ALONE)
  })
})

describe.each(Object.entries(subjects))('the versions of %s', (_, open) => {
  it('are unknown where there is no function', async () => {
    expect(await open().versions.list(NAME)).toBeUndefined()
  })

  it('are listed with what distinguishes them, however many pages they take', async () => {
    const { versions, memory } = open()
    const pinned = { modelVersion: 'blend-0f3a9c2b71de', modelSha256: 'a'.repeat(64), deadLetterTarget: 'arn:dead' }
    for (let i = 0; i < 7; i++) memory.publish(NAME)
    memory.publish(NAME, pinned)
    const plain = ['1', '2', '3', '4', '5', '6', '7'].map(publishedVersion)
    expect(await versions.list(NAME)).toEqual({
      settings: { artefactBucket: 'artefacts', logGroup: `/aws/lambda/${NAME}` },
      published: [...plain, { ...publishedVersion('8'), ...pinned }],
    })
  })

  it('are named by any alias', async () => {
    const { versions, memory } = open()
    memory.setLive(NAME, SPLIT)
    memory.functionNamed(NAME).otherAliases.push('3')
    expect((await versions.aliased(NAME)).sort()).toEqual(['3', '7', '8'])
  })

  it('are removed one by one, and one that is gone is no error', async () => {
    const { versions, memory } = open()
    for (let i = 0; i < 3; i++) memory.publish(NAME)
    await versions.remove(NAME, '2')
    await versions.remove(NAME, '2')
    expect((await versions.list(NAME))?.published.map(({ number }) => number)).toEqual(['1', '3'])
  })
})
