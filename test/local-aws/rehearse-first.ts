import { deployVersion } from '../../shared/usecases/deploy-version.ts'
import { pinModel } from '../../shared/usecases/pin-model.ts'
import { countBy, failures } from './callers.ts'
import { claims } from './claim.ts'
import { startLocalApi } from './local-api.ts'
import { STAGE } from './local-installation.ts'
import type { Scene, Step } from './scene.ts'
import { apiOf, call, FEW } from './scene.ts'

/** From an empty account to the first prediction. */
export const firstDeployment: Step = {
  title: 'deploy version 1',
  async run(scene) {
    const { made, claim } = claims()
    const { installation, state } = scene
    const { deployer, operations, models, account } = installation
    const { outputs } = await deployer.deployStack('Data', { stage: STAGE })
    const bucket = outputs.ArtefactBucket ?? ''
    state.bucket = bucket
    await fillBucket(scene, bucket)
    await pinModel(
      { ...operations, objects: operations.objectsIn(bucket) },
      { stage: STAGE, model: models.first, despiteGate: true },
    )
    const command = {
      stage: STAGE,
      functions: ['prediction', 'scoring'] as const,
      model: undefined,
      despiteGate: false,
    }
    const report = await deployVersion(operations, { ...command, isAttended: false })
    const first = report.deployed.map(({ function: name, version, isFirst }) => `${name} ${version.number} ${isFirst}`)
    claim('both functions answer with their first version', first.join() === 'prediction 1 true,scoring 1 true', first)
    claim('the deployment warns of nothing', report.warnings.length === 0, report.warnings)
    for (const stack of ['Api', 'Schedules', 'Watch']) await deployer.deployStack(stack, { stage: STAGE })
    state.api = await startLocalApi(account)
    const answers = await call(scene, { requests: FEW })
    const models1 = countBy(answers, ({ modelVersion }) => modelVersion)
    claim(
      'every request is answered',
      failures(answers) === 0,
      countBy(answers, ({ status }) => status),
    )
    claim('the model that version 1 is pinned to answers', models1[models.first] === FEW, models1)
    return made
  },
}

async function fillBucket({ installation: { prepared, objectsIn } }: Scene, bucket: string): Promise<void> {
  const objects = objectsIn(bucket)
  for (const key of await prepared.list('')) {
    const body = await prepared.get(key)
    if (body !== undefined) await objects.put(key, body)
  }
}

/** Who comes in, and who does not. */
export const openDoors: Step = {
  title: 'ask as anybody',
  async run(scene) {
    const { made, claim } = claims()
    const { url } = apiOf(scene)
    const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${url}${path}`, { method, headers })
    const key = { 'x-api-key': scene.installation.apiKey }
    const health = await ask('/health')
    claim('health needs no key', health.status === 200, health.status)
    const refused = [await ask('/api/v1/model-info'), await ask('/api/v1/model-info', { 'x-api-key': 'cl_live_wrong' })]
    const statuses = refused.map(({ status }) => status)
    claim(
      'without a key that holds nobody comes past the gateway',
      statuses.every((status) => status === 401 || status === 403),
      statuses,
    )
    const info = await ask('/api/v1/model-info', key)
    claim('with one, the model tells of itself', info.status === 200, info.status)
    const bearer = await ask('/api/v1/model-info', { authorization: `Bearer ${scene.installation.apiKey}` })
    claim('a key may come as a bearer token', bearer.status === 200, bearer.status)
    const preflight = await ask(
      '/api/v1/predict',
      { origin: 'https://elsewhere.test', 'access-control-request-method': 'POST' },
      'OPTIONS',
    )
    claim(
      'a preflight reaches the function without a key',
      preflight.headers.get('x-function-version') !== null,
      preflight.status,
    )
    const score = await ask('/api/score-bet?sport=Basketball&market=Moneyline', key)
    claim('scores come from the other function', score.status === 200, score.status)
    const market = await ask('/api/v1/predict-market/Basketball/NBA/Moneyline', key)
    claim('a path with variables is routed', market.status === 200, market.status)
    const docs = await ask('/openapi.json')
    claim('the description is open to all', docs.status === 200, docs.status)
    const lost = await ask('/nowhere', key)
    claim(
      'what there is not is told as a problem',
      lost.status === 404 && (lost.headers.get('content-type') ?? '').includes('problem+json'),
      lost.status,
    )
    return made
  },
}
