import { deployVersion } from '../../shared/usecases/deploy-version.ts'
import type { Move } from '../../shared/usecases/shift-traffic.ts'
import { planShift } from '../../shared/usecases/shift-traffic.ts'
import { carryOut } from '../../shared/usecases/shift-traffic-carry-out.ts'
import { askAbout, countBy, failures } from './callers.ts'
import { claims } from './claim.ts'
import { STAGE } from './local-installation.ts'
import type { Scene, Step } from './scene.ts'
import { apiOf, call, FEW } from './scene.ts'

const FUNCTION = 'prediction'

/** Moves traffic as the command of that name does. */
export async function shift({ installation: { operations } }: Scene, move: Move) {
  const plan = await planShift(operations, { ...move, stage: STAGE, function: FUNCTION })
  return carryOut(operations, plan, { emergency: false, monitorMinutes: 0, despiteSmoke: false })
}

/** Publishes what the working copy holds, as `closeline deploy` does; with the prediction function pinned to a model. */
export function publish({ installation: { operations } }: Scene, model: string | undefined) {
  const command = { stage: STAGE, functions: [FUNCTION], model, despiteGate: true, isAttended: false } as const
  return deployVersion(operations, command)
}

const BET = {
  sport: 'Basketball',
  league: 'NBA',
  market: 'Moneyline',
  institution_name: 'DraftKings',
  odds: -110,
  is_live: false,
}

/** A new version with another model, and a tenth of the requests for it. */
export const canaryOnModel: Step = {
  title: 'canary with another model at 10 %',
  async run(scene) {
    const { made, claim } = claims()
    const { models, account } = scene.installation
    const { deployed } = await publish(scene, models.second)
    claim(
      'another model makes another version',
      deployed[0]?.version.number === '2' && deployed[0].isNew,
      deployed[0]?.version.number,
    )
    const before = await call(scene, { requests: FEW })
    claim(
      'publishing moves no traffic',
      countBy(before, ({ functionVersion }) => functionVersion)['1'] === FEW,
      countBy(before, ({ functionVersion }) => functionVersion),
    )
    const { live, warnings, tried } = await shift(scene, { move: 'canary', weight: 0.1 })
    claim('the version was tried before', tried.length > 0, tried)
    claim('alarms watch the canary', warnings.length === 0, warnings)
    claim('the alias has the weight', live.canary === '2' && live.weight === 0.1, live)
    const answers = await call(scene, { requests: scene.requests })
    const byModel = countBy(answers, ({ modelVersion }) => modelVersion)
    const byFunction = countBy(answers, ({ functionVersion }) => functionVersion)
    const share = (byModel[models.second] ?? 0) / answers.length
    claim(
      '7 to 13 % are answered by the canary’s model',
      share >= 0.07 && share <= 0.13,
      `${(100 * share).toFixed(2)} % of ${answers.length}`,
    )
    claim(
      'every answer names model and version, and they go together',
      byModel[models.second] === byFunction['2'] && byModel[models.first] === byFunction['1'],
      { ...byModel, ...byFunction },
    )
    claim(
      'no request fails',
      failures(answers) === 0,
      countBy(answers, ({ status }) => status),
    )
    const told = await probabilities(scene)
    claim('the models answer one question differently', told.size === 2 && new Set(told.values()).size === 2, [...told])
    account.services.alarms.evaluate()
    const firing = account.services.alarms
      .all()
      .filter(({ spec, state }) => state === 'ALARM' && spec.AlarmName.includes('canary-errors'))
    claim(
      'no alarm on the canary’s errors fires',
      firing.length === 0,
      firing.map(({ spec }) => spec.AlarmName),
    )
    return made
  },
}

/** What each version says of one bet; asked until both have been met. */
async function probabilities(scene: Scene): Promise<Map<string | null, number | undefined>> {
  const found = new Map<string | null, number | undefined>()
  for (let i = 0; i < 200 && found.size < 2; i++) {
    const { functionVersion, probability } = await askAbout(
      { url: apiOf(scene).url, apiKey: scene.installation.apiKey },
      BET,
    )
    found.set(functionVersion, probability)
  }
  return found
}

export const promoteCanary: Step = {
  title: 'promote',
  async run(scene) {
    const { made, claim } = claims()
    const { models, operations } = scene.installation
    const { warnings } = await shift(scene, { move: 'promote' })
    const answers = await call(scene, { requests: FEW })
    const byModel = countBy(answers, ({ modelVersion }) => modelVersion)
    claim('the canary’s model answers everything', byModel[models.second] === FEW && failures(answers) === 0, byModel)
    const { dev } = await operations.traffic.read()
    const filed = dev?.prediction
    claim(
      'traffic.json says so, and knows the way back',
      filed?.stable === '2' && filed.canary === null && filed.previous === '1',
      filed,
    )
    const left = await operations.alarms.find(['closeline-dev-prediction-canary-errors'])
    claim('the canary’s alarms are gone', left.length === 0 && warnings.length === 0, left)
    return made
  },
}

export const rollBack: Step = {
  title: 'roll back',
  async run(scene) {
    const { made, claim } = claims()
    const { models } = scene.installation
    const { tried } = await shift(scene, { move: 'rollback' })
    claim('the version before was tried first', tried.length > 0, tried)
    const answers = await call(scene, { requests: FEW })
    const byModel = countBy(answers, ({ modelVersion }) => modelVersion)
    claim('the model before answers everything', byModel[models.first] === FEW && failures(answers) === 0, byModel)
    return made
  },
}
