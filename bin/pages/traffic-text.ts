import { inWords } from '../../shared/traffic/moves.ts'
import type { PublishedVersion } from '../../shared/traffic/versions.ts'
import type { DeployReport } from '../../shared/usecases/deploy-version.ts'
import type { PruneReport } from '../../shared/usecases/prune-versions.ts'
import { planInWords } from '../../shared/usecases/shift-traffic.ts'
import type { ShiftReport } from '../../shared/usecases/shift-traffic-carry-out.ts'
import type { LogLine } from '../../shared/usecases/traffic-ports.ts'
import type { FunctionStatus, TrafficStatus } from '../../shared/usecases/traffic-status.ts'
import { block } from '../report.ts'
import { printable, table } from '../terminal.ts'

/** A move that has been carried out. */
export function shiftText({ plan, tried }: ShiftReport): string {
  const trial = tried.length === 0 ? 'not tried' : `tried with ${tried.join(', ')}`
  const { previous } = plan.target
  const back = previous === null ? [] : [`before it: version ${previous}`]
  return [
    planInWords(plan),
    `version ${plan.risen.number} ${trial}`,
    ...back,
    'traffic.json is written: commit it',
  ].join('\n')
}

/** The same for machines. */
export function shiftJson({ plan, tried, warnings }: ShiftReport): Record<string, unknown> {
  const { stage, move, filed, target } = plan
  const { stable, canary, weight } = plan.live
  return { stage, function: plan.function, move, from: { stable, canary, weight }, filed, to: target, tried, warnings }
}

/** A deployment. */
export function deployText({ stage, pinned, deployed, pruned }: DeployReport): string {
  const lines = deployed.map(({ function: name, version, isNew, isFirst, tried }) => {
    if (isFirst) return `${name}: version ${version.number} is the first, all requests go to it`
    const trial = tried.length === 0 ? '' : `, tried with ${tried.join(', ')}`
    const next = `closeline canary --stage ${stage} --function ${name} --weight 0.1`
    if (!isNew) return `${name}: nothing has changed, version ${version.number} stays the newest${trial}`
    return `${name}: version ${version.number} is published${modelOf(version)}${trial}, and has no traffic: ${next}`
  })
  const pins = pinned === null ? [] : [`models/pinned.json names ${pinned.version}: commit it`]
  const removals = pruned.filter(({ removed, failed }) => removed.length + failed.length > 0)
  return [...lines, ...pins, ...removals.map((report) => pruneText(report, false))].join('\n')
}

function modelOf({ modelVersion }: PublishedVersion): string {
  return modelVersion === null ? '' : ` with ${printable(modelVersion)}`
}

/** What was removed, or would be. */
export function pruneText({ function: name, kept, removed, failed }: PruneReport, dryRun: boolean): string {
  const which = removed.length === 0 ? 'none' : removed.join(', ')
  const lines = [`${name}: ${dryRun ? 'to be removed' : 'removed'}: ${which}; ${kept.length} versions stay`]
  return [...lines, ...failed.map(({ version, reason }) => `  version ${version} stays: ${printable(reason)}`)].join(
    '\n',
  )
}

/** How the traffic of a stage stands. */
export function statusText({ stage, pinned, functions }: TrafficStatus): string {
  const pins = pinned === null ? 'the registry’s champion' : pinned.version
  return [`stage ${stage}; new versions of prediction bear ${pins}`, ...functions.map(functionText)].join('\n\n')
}

function functionText(status: FunctionStatus): string {
  const { filed, live, drift, alarms } = status
  const sides = [
    `traffic.json  ${filed === null ? 'does not name it' : inWords(filed)}`,
    `AWS           ${live === null ? 'no live alias' : inWords(live)}`,
  ]
  const previous = filed?.previous ? [`before it     ${filed.previous}`] : []
  const drifted = drift === null ? [] : [`DRIFT: ${drift.what}`, ...drift.settledBy.map((line) => `  ${line}`)]
  const states = alarms.map(({ name, state }) => `${name}  ${state}`)
  const watched = states.length === 0 ? ['no alarm watches a canary'] : states
  return block(status.name, [...sides, ...previous, ...drifted, versionTable(status), ...watched])
}

function versionTable({ function: name, versions, live }: FunctionStatus): string {
  if (versions.length === 0) return 'no version has been published'
  const rows = versions.map(({ number, publishedAt, modelVersion }) => {
    const role = number === live?.stable ? 'stable' : number === live?.canary ? 'canary' : ''
    const model = modelVersion ?? (name === 'prediction' ? 'champion' : '')
    return [number, role, publishedAt.slice(0, 16), model]
  })
  return table([['version', 'answers', 'published', 'model'], ...rows], 4)
}

/** A line of a log. */
export function logLineText({ atMs, version, text }: LogLine): string {
  return `${new Date(atMs).toISOString()} [${version ?? '?'}] ${printable(text)}`
}
