import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import type { Traffic } from '../config/traffic.ts'
import { canaryAlarmNames } from '../traffic/alarm-event.ts'
import { driftInWords, isSame, settling } from '../traffic/drift.ts'
import type { PublishedVersion } from '../traffic/versions.ts'
import { KEPT_VERSIONS, newestFirst } from '../traffic/versions.ts'
import type {
  AlarmState,
  Alarms,
  LiveAlias,
  LiveAliases,
  PinnedModel,
  PinnedModels,
  TrafficStore,
  VersionShelf,
} from './traffic-ports.ts'

export interface StatusDeps {
  traffic: TrafficStore
  pinned: PinnedModels
  aliases: LiveAliases
  versions: VersionShelf
  alarms: Alarms
}

/** How the traffic of one function stands. */
export interface FunctionStatus {
  function: ShiftedFunction
  name: string
  /** By `traffic.json`; null where it does not name the function. */
  filed: Traffic | null
  /** By AWS; null where there is no live alias. */
  live: Omit<LiveAlias, 'revisionId'> | null
  /** What differs between the two, and the commands that settle it; null where nothing does. */
  drift: { what: string; settledBy: string[] } | null
  /** The newest ten, and those that answer. */
  versions: PublishedVersion[]
  alarms: AlarmState[]
}

export interface TrafficStatus {
  stage: Stage
  /** The model that the next version of the prediction function will bear; null where it follows the champion. */
  pinned: PinnedModel | null
  functions: FunctionStatus[]
  hasDrift: boolean
}

/** Who answers, by the file and by AWS, with which models, and whether any alarm is firing. Changes nothing. */
export async function trafficStatus(
  deps: StatusDeps,
  command: { stage: Stage; functions: readonly ShiftedFunction[] },
): Promise<TrafficStatus> {
  const { stage } = command
  const [file, pinned] = await Promise.all([deps.traffic.read(), deps.pinned.get(stage)])
  const functions = await Promise.all(
    command.functions.map((name) => functionStatus(deps, { stage, name, filed: file[stage]?.[name] })),
  )
  return { stage, pinned: pinned ?? null, functions, hasDrift: functions.some(({ drift }) => drift !== null) }
}

async function functionStatus(
  deps: StatusDeps,
  asked: { stage: Stage; name: ShiftedFunction; filed: Traffic | undefined },
): Promise<FunctionStatus> {
  const { stage, filed } = asked
  const name = functionName(stage, asked.name)
  const [live, shelf, alarms] = await Promise.all([
    deps.aliases.get(name),
    deps.versions.list(name),
    deps.alarms.find(canaryAlarmNames(stage, asked.name)),
  ])
  return {
    function: asked.name,
    name,
    filed: filed ?? null,
    live: live === undefined ? null : { stable: live.stable, canary: live.canary, weight: live.weight },
    drift: driftOf(filed, live),
    versions: shown(shelf?.published ?? [], live),
    alarms,
  }
}

function driftOf(filed: Traffic | undefined, live: LiveAlias | undefined): FunctionStatus['drift'] {
  const deploy = ['closeline deploy puts the newest version in place and writes it down']
  if (live === undefined) {
    if (filed === undefined) return null
    return { what: `traffic.json names version ${filed.stable}, and AWS has no live alias`, settledBy: deploy }
  }
  if (filed === undefined) {
    const line = 'write it into traffic.json by hand, or take that file from where the function was deployed'
    return {
      what: `AWS sends requests to ${live.stable}, and traffic.json does not name the function`,
      settledBy: [line],
    }
  }
  return isSame(filed, live) ? null : { what: driftInWords(filed, live), settledBy: settling(filed, live) }
}

function shown(published: readonly PublishedVersion[], live: LiveAlias | undefined): PublishedVersion[] {
  return newestFirst(published).filter(
    ({ number }, place) => place < KEPT_VERSIONS || number === live?.stable || number === live?.canary,
  )
}
