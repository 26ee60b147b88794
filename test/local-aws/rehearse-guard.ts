import { functionName } from '../../shared/config/stage.ts'
import { trafficStatus } from '../../shared/usecases/traffic-status.ts'
import { countBy, failures } from './callers.ts'
import { claims } from './claim.ts'
import { STAGE } from './local-installation.ts'
import { publish, shift } from './rehearse-shifts.ts'
import type { Scene, Step } from './scene.ts'
import { call } from './scene.ts'

const PREDICTION = functionName(STAGE, 'prediction')
const GUARD = functionName(STAGE, 'guard')

/** Requests at the most until the guard must have acted. */
const MOST_BEFORE = 800
/** Requests between two looks of CloudWatch at its alarms. */
const BETWEEN_LOOKS = 100

/** A version with a mistake that its trial does not meet: bets on events in play. */
export const brokenCanary: Step = {
  title: 'canary that throws, taken away by its guard',
  async run(scene) {
    const { made, claim } = claims()
    const { checkout, deployer, account } = scene.installation
    await checkout.edit('functions/prediction/predict-body.ts', (text) =>
      text.replace(
        'export function toAskedBet(request: PredictRequest): AskedBet {\n',
        (head) => `${head}  if (request.is_live) throw new TypeError('half is undefined')\n`,
      ),
    )
    deployer.changed()
    const { deployed } = await publish(scene, undefined)
    const version = deployed[0]?.version.number
    claim(
      'the broken code is a new version that passes its trial',
      version === '3' && deployed[0]?.isNew === true,
      version,
    )
    await shift(scene, { move: 'canary', weight: 0.1 })
    // A new period for the alarms, apart from what the steps before have left.
    account.advance(15 * 60_000)
    const during = await untilGuarded(scene)
    const failed = countBy(
      during.filter(({ status }) => status !== 200),
      (answer) => answer.functionVersion,
    )
    claim(
      'requests of the canary fail before the guard acts',
      (failed['3'] ?? 0) > 0,
      `${failures(during)} of ${during.length}`,
    )
    claim('only those of the canary', Object.keys(failed).join() === '3', failed)
    const guarded = account.invoked().filter((one) => one.functionName === GUARD)
    const outcomes = guarded.map(({ outcome }) =>
      outcome.kind === 'answered' ? outcome.payload : JSON.stringify(outcome),
    )
    claim(
      'the alarm has called the guard, and the guard has taken the weight away',
      outcomes.some((text) => text.includes('taken_away')),
      outcomes,
    )
    const alias = account.services.functions.alias(PREDICTION, 'live')
    claim(
      'the alias is at the stable version alone',
      alias.functionVersion === '1' && Object.keys(alias.weights).length === 0,
      alias.functionVersion,
    )
    return made
  },
}

/** Sends requests about bets in play until the guard has moved the alias, while CloudWatch looks now and then. */
async function untilGuarded(scene: Scene) {
  const { account } = scene.installation
  const answers = []
  while (answers.length < MOST_BEFORE) {
    answers.push(...(await call(scene, { requests: BETWEEN_LOOKS, bet: { is_live: true } })))
    account.services.alarms.evaluate()
    await account.settled()
    if (Object.keys(account.services.functions.alias(PREDICTION, 'live').weights).length === 0) break
  }
  return answers
}

export const guardedAfter: Step = {
  title: 'after the guard',
  async run(scene) {
    const { made, claim } = claims()
    const { operations, account } = scene.installation
    const requests = Math.max(100, Math.round(scene.requests / 5))
    const answers = await call(scene, { requests, bet: { is_live: true } })
    claim('no request fails after that', failures(answers) === 0, `${failures(answers)} of ${answers.length}`)
    const told = account.services.buses.sent().map(({ event }) => event['detail-type'])
    claim('the bus was told', told.includes('CanaryUnhealthy') && told.includes('TrafficShifted'), countTypes(told))
    // Alarms tell the topic by themselves; what is looked for is what the alert function says.
    const messages = account.services.topics
      .published()
      .map(({ message }) => message)
      .filter((message) => !message.startsWith('{"AWSAccountId"'))
    const ofCanary = messages.find((text) => /canary/i.test(text))
    claim('people were told', ofCanary !== undefined, ofCanary ?? messages)
    const before = await trafficStatus(operations, { stage: STAGE, functions: ['prediction'] })
    claim('closeline status tells of the drift', before.hasDrift, before.functions[0]?.drift?.what ?? 'none')
    await shift(scene, { move: 'rollback' })
    const after = await trafficStatus(operations, { stage: STAGE, functions: ['prediction'] })
    const live = after.functions[0]?.live
    claim(
      'closeline rollback settles it and moves no request',
      !after.hasDrift && live?.stable === '1' && live.canary === null,
      live,
    )
    return made
  },
}

function countTypes(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const type of types) counts[type] = (counts[type] ?? 0) + 1
  return counts
}
