import * as z from 'zod'
import { functionArn, parseFunction } from './arn.ts'
import type { FunctionSpec } from './function-spec.ts'
import { LATEST } from './function-spec.ts'
import type { Invoked, LambdaInvocations } from './lambda-invocations.ts'
import type { AliasChange, AliasState, LambdaRegistry } from './lambda-registry.ts'
import type { Answerer, WireAnswer, WireRequest } from './wire.ts'
import { jsonAnswer, ServiceRefusal } from './wire.ts'

const aliasInput = z.object({
  Name: z.string().optional(),
  FunctionVersion: z.string().optional(),
  Description: z.string().optional(),
  RoutingConfig: z.object({ AdditionalVersionWeights: z.record(z.string(), z.number()).nullish() }).nullish(),
  RevisionId: z.string().nullish(),
})

/**
 * Lambda's REST interface over functions that run here: aliases, versions, configurations and invocations.
 *
 * @see AWS, "Lambda API reference"
 */
export function lambdaWire(registry: LambdaRegistry, invocations: LambdaInvocations): Answerer {
  return async (request) => {
    try {
      return await route(request, registry, invocations)
    } catch (thrown) {
      if (!(thrown instanceof ServiceRefusal)) throw thrown
      const body = { Type: 'User', Message: thrown.message, message: thrown.message }
      return jsonAnswer(thrown.status, body, { 'x-amzn-errortype': thrown.code })
    }
  }
}

async function route(request: WireRequest, registry: LambdaRegistry, invocations: LambdaInvocations) {
  const { method, url } = request
  const [, , , named = '', topic = '', third] = url.pathname.split('/').map(decodeURIComponent)
  const { name, qualifier: inName } = parseFunction(named)
  const qualifier = url.searchParams.get('Qualifier') ?? inName
  const what = `${method} ${topic}${third === undefined ? '' : '/*'}`
  switch (what) {
    case 'GET aliases/*':
      return jsonAnswer(200, aliasBody(name, registry.alias(name, third ?? '')))
    case 'GET aliases':
      return jsonAnswer(200, { Aliases: registry.aliases(name).map((alias) => aliasBody(name, alias)) })
    case 'PUT aliases/*':
      return jsonAnswer(200, changeAlias(registry, name, third ?? '', request.body))
    case 'GET versions':
      return jsonAnswer(200, { Versions: registry.versions(name).map(configuration) })
    case 'POST versions':
      return jsonAnswer(201, configuration(registry.version(name, registry.publish(name))))
    case 'GET configuration':
      return jsonAnswer(200, configuration(registry.version(name, numberOf(registry, name, qualifier))))
    case 'DELETE ':
      if (qualifier === undefined) break
      registry.removeVersion(name, qualifier)
      await invocations.retire(name, qualifier)
      return { status: 204 }
    case 'POST invocations':
      return invoke(request, functionArn(name, qualifier), invocations)
  }
  throw new ServiceRefusal('UnknownOperationException', `no double of ${method} ${url.pathname}`, 404)
}

/** The version that a qualifier stands for; of an alias the one that it names itself. */
function numberOf(registry: LambdaRegistry, name: string, qualifier = LATEST): string {
  return qualifier === LATEST || /^\d+$/.test(qualifier) ? qualifier : registry.alias(name, qualifier).functionVersion
}

function changeAlias(registry: LambdaRegistry, name: string, alias: string, body: Buffer) {
  registry.alias(name, alias)
  const input = aliasInput.parse(JSON.parse(body.toString()))
  const change: AliasChange = {}
  if (input.FunctionVersion !== undefined) change.functionVersion = input.FunctionVersion
  if (input.Description !== undefined) change.description = input.Description
  // A routing configuration that is not sent stays as it is; an empty one takes the weights away.
  if (input.RoutingConfig != null) change.weights = input.RoutingConfig.AdditionalVersionWeights ?? {}
  return aliasBody(name, registry.putAlias(name, alias, change, input.RevisionId ?? undefined))
}

function aliasBody(name: string, alias: AliasState) {
  const hasWeights = Object.keys(alias.weights).length > 0
  return {
    AliasArn: functionArn(name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    ...(hasWeights ? { RoutingConfig: { AdditionalVersionWeights: alias.weights } } : {}),
    RevisionId: alias.revisionId,
  }
}

function configuration(spec: FunctionSpec) {
  return {
    FunctionName: spec.name,
    FunctionArn: functionArn(spec.name, spec.version === LATEST ? undefined : spec.version),
    Version: spec.version,
    Runtime: 'nodejs24.x',
    Role: spec.roleArn,
    Handler: spec.handler,
    Timeout: spec.timeoutMs / 1000,
    MemorySize: spec.memoryMb,
    Environment: { Variables: spec.environment },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    LastModified: '2026-01-01T00:00:00.000+0000',
  }
}

async function invoke(request: WireRequest, target: string, invocations: LambdaInvocations): Promise<WireAnswer> {
  const payload = request.body.length === 0 ? 'null' : request.body.toString()
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    void invocations.invokeEvent(target, payload)
    return { status: 202 }
  }
  return invokedAnswer(await invocations.invoke(target, payload))
}

function invokedAnswer({ outcome, executedVersion }: Invoked): WireAnswer {
  if (outcome.kind === 'throttled') throw new ServiceRefusal('TooManyRequestsException', 'Rate Exceeded.', 429)
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': executedVersion }
  if (outcome.kind === 'answered') return { status: 200, headers, body: outcome.payload }
  const { errorType, errorMessage } = outcome
  const body = JSON.stringify({ errorType, errorMessage })
  return { status: 200, headers: { ...headers, 'x-amz-function-error': 'Unhandled' }, body }
}
