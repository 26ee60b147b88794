import type { ShiftedFunction, Stage } from '../shared/config/stage.ts'
import { SHIFTED_FUNCTIONS, shiftedFunctionSchema } from '../shared/config/stage.ts'
import type { Traffic } from '../shared/config/traffic.ts'
import { parseTrafficContext, parseTrafficFile, trafficOf } from '../shared/config/traffic.ts'

/** Who answers, of each function that traffic is shifted between. */
export type StageTraffic = Readonly<Record<ShiftedFunction, Traffic>>

/**
 * A stage's traffic: as `traffic.json` has it, but for the function that a command names with `-c function=` (prediction,
 * where it names none) and `-c stable= -c canary= -c weight=`. A command that names no version moves nothing.
 *
 * @param file     text of `traffic.json`
 * @param context  tells the value of a context key, undefined where it has none
 * @throws {Error} naming the field that is wrong
 */
export function stageTraffic(file: string, stage: Stage, context: (key: string) => unknown): StageTraffic {
  const written = parseTrafficFile(file)
  const named = parseTrafficContext({
    stable: context('stable'),
    canary: context('canary'),
    weight: context('weight'),
  })
  const whose = shiftedFunctionSchema.default('prediction').safeParse(context('function')).data
  if (whose === undefined) {
    throw new Error(`function: ${context('function')}: traffic is shifted of ${SHIFTED_FUNCTIONS.join(' and ')} alone`)
  }
  const of = (name: ShiftedFunction) => (name === whose && named) || trafficOf(written, stage, name)
  return Object.fromEntries(SHIFTED_FUNCTIONS.map((name) => [name, of(name)])) as Record<ShiftedFunction, Traffic>
}
