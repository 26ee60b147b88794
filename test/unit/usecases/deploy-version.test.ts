import { describe, expect, it } from 'vitest'
import { SHIFTED_FUNCTIONS } from '../../../shared/config/stage.ts'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { createModelRegistry } from '../../../shared/registry/registry.ts'
import type { DeployCommand } from '../../../shared/usecases/deploy-version.ts'
import { deployVersion, previewDeployment } from '../../../shared/usecases/deploy-version.ts'
import { MOVED_MS, memoryOperations } from '../../support/memory-operations.ts'
import { modelVersion } from '../../support/models.ts'

const COMMAND: DeployCommand = {
  stage: 'dev',
  functions: SHIFTED_FUNCTIONS,
  model: undefined,
  despiteGate: false,
  isAttended: false,
}
const PREDICTION = 'closeline-dev-prediction'
const SCORING = 'closeline-dev-scoring'
const alone = (stable: string): Traffic => ({ stable, canary: null, weight: 0, previous: null })

/** Twelve versions of each function, of which the newest answers. */
function running() {
  const made = memoryOperations()
  for (const name of [PREDICTION, SCORING]) {
    for (let number = 1; number <= 12; number++) made.lambda.publish(name)
    made.lambda.setLive(name, alone('12'))
  }
  made.traffic.file = { dev: { prediction: alone('12'), scoring: alone('12') } }
  return made
}

type Made = ReturnType<typeof memoryOperations>

const deploy = (made: Made, command: Partial<DeployCommand> = {}) =>
  deployVersion(made.operations, { ...COMMAND, ...command })
const asked = (made: Made, path: string) =>
  made.lambda.asked.filter(({ event }) => (event as { rawPath: string }).rawPath === path)
const numbers = (made: Made, name: string) => made.lambda.functionNamed(name).published.map(({ number }) => number)

describe('a deployment', () => {
  it('publishes, tries the new versions and moves no traffic', async () => {
    const made = running()
    const before = structuredClone(made.traffic.file)
    const { deployed } = await deploy(made)
    expect(deployed).toMatchObject([
      {
        function: 'prediction',
        version: { number: '13' },
        isNew: true,
        isFirst: false,
        tried: ['live', 'health', 'predict'],
      },
      { function: 'scoring', version: { number: '13' }, isNew: true, isFirst: false, tried: ['health', 'score'] },
    ])
    expect(made.deployments.map(({ stack }) => stack)).toEqual(['Functions'])
    expect(made.traffic.file).toEqual(before)
    expect(await made.lambda.aliases.get(PREDICTION)).toMatchObject({ stable: '12', canary: null })
    expect(made.events.events).toEqual([])
  })

  it('knows the version by the output of the stack', async () => {
    const made = running()
    const deployer = { ...made.operations.deployer, deploy: async () => ({ PredictionPublishedVersion: '5' }) }
    const { deployed } = await deployVersion({ ...made.operations, deployer }, COMMAND)
    expect(deployed.map(({ version }) => version.number)).toEqual(['5', '12'])
  })

  it('says where nothing was published, and does not try what answers already', async () => {
    const made = running()
    made.hooks.publish = () => {}
    expect((await deploy(made)).deployed).toMatchObject([
      { isNew: false, tried: [] },
      { isNew: false, tried: [] },
    ])
    expect(made.lambda.asked).toEqual([])
  })

  it('tries and prunes one function only where that is wanted', async () => {
    const made = running()
    const { deployed, pruned } = await deploy(made, { functions: ['scoring'] })
    expect([deployed, pruned].map((list) => list.map((of) => of.function))).toEqual([['scoring'], ['scoring']])
    expect(asked(made, '/health')).toEqual([])
  })

  it('removes old versions, and none that something needs', async () => {
    const made = running()
    made.traffic.file = { dev: { prediction: { ...alone('12'), previous: '2' }, scoring: alone('12') } }
    made.lambda.functionNamed(PREDICTION).otherAliases.push('1')
    const { pruned } = await deploy(made)
    expect(pruned.map(({ removed }) => removed)).toEqual([['3'], ['1', '2', '3']])
    expect(numbers(made, PREDICTION)).toEqual(['1', '2', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'])
  })

  it('fails where a new version fails its trial, with nothing removed', async () => {
    const made = running()
    made.lambda.answerWith(() => ({
      ...{ executedVersion: '13', error: 'Error: no model', statusCode: undefined, headers: {}, body: undefined },
    }))
    await expect(deploy(made)).rejects.toThrow('version 13 of closeline-dev-prediction fails its trial')
    expect(numbers(made, PREDICTION)).toHaveLength(13)
  })

  it('asks about wider permissions where a person is there', async () => {
    const made = running()
    await deploy(made, { isAttended: true })
    expect(made.deployments[0]).toEqual({
      stack: 'Functions',
      context: { stage: 'dev' },
      options: { isAttended: true },
    })
  })

  it('is previewed by the stack of the functions', async () => {
    expect(await previewDeployment(running().operations, 'prod')).toBe('Functions {"stage":"prod"}')
  })

  it('fails where a function has no version afterwards', async () => {
    const made = running()
    made.hooks.publish = () => {
      made.lambda.functionNamed(SCORING).published = []
    }
    await expect(deploy(made)).rejects.toThrow('closeline-dev-scoring has no published version')
  })
})

describe('the first deployment', () => {
  it('gives all requests to the first versions, in file and on AWS, and tells so', async () => {
    const made = memoryOperations()
    const { deployed } = await deploy(made)
    expect(deployed).toMatchObject([
      { version: { number: '1' }, isFirst: true, tried: ['live', 'health'] },
      { version: { number: '1' }, isFirst: true, tried: ['health'] },
    ])
    expect(made.deployments.map(({ stack }) => stack)).toEqual(['Functions', 'Traffic'])
    expect(made.traffic.file).toEqual({ dev: { prediction: alone('1'), scoring: alone('1') } })
    expect(await made.lambda.aliases.get(SCORING)).toMatchObject({ stable: '1' })
    const moves = made.events.events.map((event) =>
      event.type === 'TrafficShifted' ? [event.function, event.move] : [],
    )
    expect(moves).toEqual([
      ['prediction', 'deploy'],
      ['scoring', 'deploy'],
    ])
  })

  it('begins both functions also where only one is to be tried', async () => {
    const made = memoryOperations()
    await deploy(made, { functions: ['scoring'] })
    expect(await made.lambda.aliases.get(PREDICTION)).toMatchObject({ stable: '1' })
  })

  it('is content with a function that has neither data nor a model yet', async () => {
    const made = memoryOperations()
    made.lambda.answerWith((version, path) => ({
      executedVersion: version,
      error: undefined,
      statusCode: path === '/live' ? 200 : 503,
      headers: { 'x-function-version': version },
      body: { model_version: null },
    }))
    expect((await deploy(made)).deployed.every(({ isFirst }) => isFirst)).toBe(true)
  })

  it('replaces what an earlier installation left in the file, and leaves other stages', async () => {
    const made = memoryOperations()
    made.traffic.file = { dev: { prediction: { ...alone('40'), previous: '39' } }, prod: { scoring: alone('3') } }
    await deploy(made)
    expect(made.traffic.file).toEqual({
      dev: { prediction: alone('1'), scoring: alone('1') },
      prod: { scoring: alone('3') },
    })
  })

  it('is finished by the same command where it was cut short before the aliases', async () => {
    const made = memoryOperations()
    made.hooks.before = ({ stack }) => {
      if (stack === 'Traffic') throw new UpstreamError('cdk', 'killed')
    }
    await expect(deploy(made)).rejects.toThrow('killed')
    made.hooks.before = () => {}
    made.hooks.publish = () => {}
    const { deployed } = await deploy(made)
    expect(deployed.map(({ isFirst, isNew }) => [isFirst, isNew])).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('fails where the stack leaves an alias elsewhere', async () => {
    const made = memoryOperations()
    made.hooks.before = ({ stack }) => {
      if (stack === 'Traffic') made.traffic.file = { dev: { prediction: alone('1'), scoring: alone('2') } }
    }
    await expect(deploy(made)).rejects.toThrow('the alias of closeline-dev-scoring is not at version 1')
  })
})

describe('a deployment with a model', () => {
  async function withModel(overrides: Parameters<typeof modelVersion>[1] = {}) {
    const made = running()
    const model = await modelVersion(undefined, overrides)
    await createModelRegistry(made.objects, () => MOVED_MS).register(model)
    made.hooks.publish = async () => {
      const pin = await made.operations.pinned.get('dev')
      made.lambda.publish(PREDICTION, { modelVersion: pin?.version ?? null, modelSha256: pin?.sha256 ?? null })
    }
    return { made, manifest: model.manifest }
  }

  it('pins it before it publishes, and wants it to answer', async () => {
    const { made, manifest } = await withModel()
    const pin = { version: manifest.version, sha256: manifest.onnx.sha256 }
    const { pinned, deployed } = await deploy(made, { model: manifest.version, functions: ['prediction'] })
    expect([pinned, await made.operations.pinned.get('dev')]).toEqual([pin, pin])
    expect(deployed[0]?.version).toMatchObject({ number: '13', modelVersion: pin.version, modelSha256: pin.sha256 })
  })

  it('fails where the published version does not bear it', async () => {
    const { made, manifest } = await withModel()
    made.hooks.publish = () => void made.lambda.publish(PREDICTION, { modelVersion: 'blend-aaaaaaaaaaaa' })
    await expect(deploy(made, { model: manifest.version })).rejects.toMatchObject({ code: 'pin_not_taken' })
  })

  it('needs a bucket to find it in', async () => {
    const made = memoryOperations()
    await expect(deploy(made, { model: 'champion' })).rejects.toMatchObject({ code: 'not_deployed' })
    expect(made.deployments).toEqual([])
  })

  it('deploys nothing where there is no such model', async () => {
    const { made } = await withModel()
    await expect(deploy(made, { model: 'blend-000000000000' })).rejects.toMatchObject({ code: 'unknown_model' })
    expect([made.deployments, await made.operations.pinned.get('dev')]).toEqual([[], undefined])
  })
})
