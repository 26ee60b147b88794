import { randomUUID } from 'node:crypto'
import { arnOf, functionArn } from './arn.ts'
import type { FunctionSpec } from './function-spec.ts'
import { LATEST } from './function-spec.ts'
import { ServiceRefusal } from './wire.ts'

/** Who answers for an alias. */
export interface AliasState {
  name: string
  functionVersion: string
  /** Shares of other versions, in [0, 1]. */
  weights: Record<string, number>
  revisionId: string
  description: string
}

export type AliasChange = Partial<Pick<AliasState, 'functionVersion' | 'weights' | 'description'>>

/** What is done with invocations that nobody waits for. */
export interface AsyncSetting {
  retries: number
  /** ARN of the queue or topic that is told of those that failed for good. */
  onFailure: string | undefined
}

interface FunctionState {
  versions: Map<string, FunctionSpec>
  aliases: Map<string, AliasState>
  asyncSettings: Map<string, AsyncSetting>
  published: number
}

/** Functions, their published versions and their aliases, as Lambda keeps them. */
export interface LambdaRegistry {
  /** Replaces `$LATEST`. */
  put(spec: Omit<FunctionSpec, 'version'>): void
  /** Freezes `$LATEST` under the next number. */
  publish(name: string): string
  removeVersion(name: string, version: string): void
  /** @throws {ServiceRefusal} `ResourceNotFoundException` */
  version(name: string, version: string): FunctionSpec
  versions(name: string): FunctionSpec[]
  alias(name: string, alias: string): AliasState
  aliases(name: string): AliasState[]
  /** Makes or changes an alias as Lambda allows it. @throws {ServiceRefusal} `InvalidParameterValueException` */
  putAlias(name: string, alias: string, change: AliasChange, revisionId?: string): AliasState
  setAsync(name: string, qualifier: string, setting: AsyncSetting): void
  asyncSetting(name: string, qualifier: string): AsyncSetting
  names(): string[]
}

const DEFAULT_ASYNC: AsyncSetting = { retries: 2, onFailure: undefined }

export function lambdaRegistry(): LambdaRegistry {
  const functions = new Map<string, FunctionState>()

  function stateOf(name: string): FunctionState {
    const state = functions.get(name)
    if (state === undefined) throw notFound(functionArn(name))
    return state
  }

  function version(name: string, number: string): FunctionSpec {
    const spec = stateOf(name).versions.get(number)
    if (spec === undefined) throw notFound(functionArn(name, number))
    return spec
  }

  function alias(name: string, aliasName: string): AliasState {
    const found = stateOf(name).aliases.get(aliasName)
    if (found === undefined) throw notFound(arnOf('lambda', `function:${name}:${aliasName}`))
    return found
  }

  return {
    version,
    alias,
    names: () => [...functions.keys()],
    versions: (name) => [...stateOf(name).versions.values()],
    aliases: (name) => [...stateOf(name).aliases.values()],
    put(spec) {
      const state = functions.get(spec.name) ?? emptyState()
      state.versions.set(LATEST, { ...spec, version: LATEST })
      functions.set(spec.name, state)
    },
    publish(name) {
      const state = stateOf(name)
      const number = String(++state.published)
      state.versions.set(number, { ...version(name, LATEST), version: number })
      return number
    },
    removeVersion(name, number) {
      const users = [...stateOf(name).aliases.values()].filter((held) => isOf(held, number))
      if (users.length > 0) {
        throw new ServiceRefusal('ResourceConflictException', `${functionArn(name, number)} has an alias`, 409)
      }
      stateOf(name).versions.delete(number)
    },
    putAlias(name, aliasName, change, revisionId) {
      const state = stateOf(name)
      const before = state.aliases.get(aliasName)
      if (revisionId !== undefined && before?.revisionId !== revisionId) {
        const message = 'The Revision Id provided does not match the latest Revision Id.'
        throw new ServiceRefusal('PreconditionFailedException', message, 412)
      }
      const after: AliasState = {
        ...{ name: aliasName, functionVersion: '', weights: {}, description: '' },
        ...before,
        ...change,
        revisionId: randomUUID(),
      }
      assertAlias(after, (number) => version(name, number))
      state.aliases.set(aliasName, after)
      return after
    },
    setAsync: (name, qualifier, setting) => void stateOf(name).asyncSettings.set(qualifier, setting),
    asyncSetting: (name, qualifier) => stateOf(name).asyncSettings.get(qualifier) ?? DEFAULT_ASYNC,
  }
}

function emptyState(): FunctionState {
  return { versions: new Map(), aliases: new Map(), asyncSettings: new Map(), published: 0 }
}

function isOf({ functionVersion, weights }: AliasState, number: string): boolean {
  return functionVersion === number || number in weights
}

/** Two published versions at most, of the same role, their weights a share. @see AWS, "Lambda alias routing" */
function assertAlias({ functionVersion, weights }: AliasState, version: (number: string) => FunctionSpec): void {
  const { roleArn } = version(functionVersion)
  const others = Object.entries(weights)
  const refuse = (message: string) => {
    throw new ServiceRefusal('InvalidParameterValueException', message)
  }
  if (others.length > 1) refuse('An alias has one additional version at most')
  for (const [number, weight] of others) {
    if (functionVersion === LATEST || number === LATEST) refuse('$LATEST is not supported for an alias with weights')
    if (number === functionVersion) refuse('The additional version is the version of the alias')
    if (!(weight >= 0 && weight <= 1)) refuse(`${weight} is no share`)
    if (version(number).roleArn !== roleArn) refuse('Both versions of an alias need the same execution role')
  }
}

function notFound(arn: string): ServiceRefusal {
  return new ServiceRefusal('ResourceNotFoundException', `Function not found: ${arn}`, 404)
}
