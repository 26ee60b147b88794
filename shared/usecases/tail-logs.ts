import type { ShiftedFunction, Stage } from '../config/stage.ts'
import { functionName } from '../config/stage.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Clock, Sleep } from '../kernel/ports.ts'
import type { FunctionLogs, LogLine, VersionShelf } from './traffic-ports.ts'

export interface LogDeps {
  versions: VersionShelf
  logs: FunctionLogs
  clock: Clock
  sleep: Sleep
}

export interface LogQuestion {
  stage: Stage
  function: ShiftedFunction
  sinceMs: number
  /** Lines of this version only; undefined for all. */
  version: string | undefined
  /** Goes on with what is written from now on. */
  follow: boolean
}

/** Lines reach CloudWatch late and out of order: what follows looks back so far for ones that it has not shown. */
const LATE_MS = 30_000
const PAUSE_MS = 2000

/**
 * Log lines of a function, each once, in the order of their time as far as they have come; without end where they are
 * followed.
 *
 * @throws {DomainError} `not_deployed`
 */
export async function* tailLogs(deps: LogDeps, question: LogQuestion): AsyncGenerator<LogLine> {
  const name = functionName(question.stage, question.function)
  const shelf = await deps.versions.list(name)
  if (shelf === undefined)
    throw new DomainError('not_deployed', `there is no function ${name}: closeline deploy makes it`)
  const beginMs = deps.clock() - question.sinceMs
  let shown = new Map<string, number>()
  for (let fromMs = beginMs; ; fromMs = Math.max(beginMs, deps.clock() - LATE_MS - PAUSE_MS)) {
    // Those that cannot come again are forgotten.
    shown = new Map([...shown].filter(([, atMs]) => atMs >= fromMs))
    for (const line of await deps.logs.read(shelf.settings.logGroup, fromMs)) {
      if (shown.has(line.id)) continue
      shown.set(line.id, line.atMs)
      if (question.version === undefined || line.version === question.version) yield line
    }
    if (!question.follow) return
    await deps.sleep(PAUSE_MS)
  }
}
