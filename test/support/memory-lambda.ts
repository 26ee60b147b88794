import { DomainError } from '../../shared/kernel/errors.ts'
import { isSame } from '../../shared/traffic/drift.ts'
import type { Answering } from '../../shared/traffic/moves.ts'
import type { SmokeAnswer } from '../../shared/traffic/smoke.ts'
import type { PublishedVersion } from '../../shared/traffic/versions.ts'
import type { LiveAlias, LiveAliases, VersionInvoker, VersionShelf } from '../../shared/usecases/traffic-ports.ts'

interface MemoryFunction {
  published: PublishedVersion[]
  live: LiveAlias | undefined
  /** Versions that other aliases name. */
  otherAliases: string[]
}

/** Lambda in memory: functions with their versions, their live alias, and what a version answers when it is tried. */
export function memoryLambda() {
  const functions = new Map<string, MemoryFunction>()
  const asked: { functionName: string; version: string; event: unknown }[] = []
  let revisions = 0
  let answer = healthyAnswer

  const existing = (functionName: string): MemoryFunction => {
    const known = functions.get(functionName) ?? { published: [], live: undefined, otherAliases: [] }
    functions.set(functionName, known)
    return known
  }
  const setLive = (functionName: string, { stable, canary, weight }: Answering): LiveAlias => {
    revisions++
    const live = { stable, canary, weight, revisionId: `revision-${revisions}` }
    existing(functionName).live = live
    return live
  }

  const aliases: LiveAliases = {
    get: async (functionName) => functions.get(functionName)?.live,
    shift: async (functionName, to, revisionId) => {
      const live = functions.get(functionName)?.live
      if (live !== undefined && live.revisionId !== revisionId && isSame(live, to)) return live
      if (live?.revisionId !== revisionId) throw new DomainError('traffic_moved', `${functionName} was moved`)
      return setLive(functionName, to)
    },
  }
  const versions: VersionShelf = {
    list: async (functionName) => {
      const known = functions.get(functionName)
      if (known === undefined) return undefined
      const settings = { artefactBucket: 'artefacts', logGroup: `/aws/lambda/${functionName}` }
      return { settings, published: [...known.published] }
    },
    aliased: async (functionName) => {
      const { live, otherAliases } = existing(functionName)
      return [live?.stable, live?.canary, ...otherAliases].filter((version) => typeof version === 'string')
    },
    remove: async (functionName, version) => {
      const known = existing(functionName)
      if (known.otherAliases.includes(`locked-${version}`)) throw new Error(`an alias names version ${version}`)
      known.published = known.published.filter(({ number }) => number !== version)
    },
  }
  const invoker: VersionInvoker = {
    invoke: async (functionName, version, event) => {
      asked.push({ functionName, version, event })
      const published = existing(functionName).published.find(({ number }) => number === version)
      return answer(version, pathOf(event), published?.modelVersion ?? null)
    },
  }
  return {
    aliases,
    versions,
    invoker,
    asked,
    setLive,
    functionNamed: existing,
    /** Publishes the next version of a function and returns its number. */
    publish(functionName: string, overrides: Partial<PublishedVersion> = {}): string {
      const { published } = existing(functionName)
      const number = String(1 + Math.max(0, ...published.map((version) => Number(version.number))))
      published.push({ ...publishedVersion(number), ...overrides })
      return number
    },
    /** Has versions answer otherwise than healthily. */
    answerWith(other: typeof healthyAnswer): void {
      answer = other
    },
  }
}

export type MemoryLambda = ReturnType<typeof memoryLambda>

/** A published version as deployments here make them. */
export function publishedVersion(number: string): PublishedVersion {
  return {
    number,
    publishedAt: '2026-03-01T02:00:00.000+0000',
    role: 'arn:aws:iam::123456789012:role/prediction',
    deadLetterTarget: null,
    modelVersion: null,
    modelSha256: null,
  }
}

function pathOf(event: unknown): string {
  return typeof event === 'object' && event !== null && 'rawPath' in event ? String(event.rawPath) : ''
}

/** What a version in good health answers to a request without a key. */
export function healthyAnswer(version: string, path: string, modelVersion: string | null): SmokeAnswer {
  const isQuestion = path.endsWith('/predict') || path.endsWith('/score-bet')
  return {
    executedVersion: version,
    error: undefined,
    statusCode: isQuestion ? 401 : 200,
    headers: { 'x-function-version': version },
    body: { model_version: modelVersion },
  }
}
