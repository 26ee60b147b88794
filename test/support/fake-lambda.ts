import type {
  DeleteFunctionCommandInput,
  FunctionConfiguration,
  GetAliasCommandInput,
  LambdaClientResolvedConfig,
  ListAliasesCommandInput,
  ListVersionsByFunctionCommandInput,
  ServiceInputTypes,
  ServiceOutputTypes,
  UpdateAliasCommandInput,
} from '@aws-sdk/client-lambda'
import {
  DeleteFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  LambdaServiceException,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PreconditionFailedException,
  ResourceNotFoundException,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import type { AwsStub } from 'aws-sdk-client-mock'
import { mockClient } from 'aws-sdk-client-mock'
import type { PublishedVersion } from '../../shared/traffic/versions.ts'
import type { MemoryLambda } from './memory-lambda.ts'
import { memoryLambda } from './memory-lambda.ts'

type LambdaStub = AwsStub<ServiceInputTypes, ServiceOutputTypes, LambdaClientResolvedConfig>

const PAGE = 3

/** A Lambda client whose requests a Lambda in memory answers, a few versions a page. */
export function fakeLambda() {
  const client = new LambdaClient({ region: 'eu-central-1' })
  const requests = mockClient(client)
  const memory = memoryLambda()
  answerFromMemory(requests, memory)
  return { client, requests, memory }
}

/** Makes a Lambda in memory answer mocked requests: those of one client, or of every client there will be. */
export function answerFromMemory(requests: LambdaStub, memory: MemoryLambda): void {
  const known = (name: string | undefined) => {
    const found = memory.functionNamed(name ?? '')
    if (found.published.length === 0 && found.live === undefined) throw notFound(`Function not found: ${name}`)
    return found
  }
  const aliasOf = ({ FunctionName, Name }: { FunctionName: string | undefined; Name: string | undefined }) => {
    const { live } = known(FunctionName)
    if (live === undefined || Name !== 'live') throw notFound(`Cannot find alias: ${Name}`)
    const weights = live.canary === null ? undefined : { AdditionalVersionWeights: { [live.canary]: live.weight } }
    const routing = weights === undefined ? {} : { RoutingConfig: weights }
    return { Name, FunctionVersion: live.stable, RevisionId: live.revisionId, ...routing }
  }
  requests.on(GetAliasCommand).callsFake(async (input: GetAliasCommandInput) => aliasOf(input))
  requests.on(UpdateAliasCommand).callsFake(async (input: UpdateAliasCommandInput) => {
    const before = aliasOf(input)
    if (input.RevisionId !== undefined && input.RevisionId !== before.RevisionId) throw overtaken()
    const [split] = Object.entries(input.RoutingConfig?.AdditionalVersionWeights ?? {})
    const [canary, weight] = split ?? [null, 0]
    memory.setLive(input.FunctionName ?? '', {
      stable: input.FunctionVersion ?? before.FunctionVersion,
      canary,
      weight,
    })
    return aliasOf(input)
  })
  requests.on(ListVersionsByFunctionCommand).callsFake(async (input: ListVersionsByFunctionCommandInput) => {
    const { published } = known(input.FunctionName)
    const group = { LogGroup: `/aws/lambda/${input.FunctionName}` }
    const latest = {
      Version: '$LATEST',
      Environment: { Variables: { ARTEFACT_BUCKET: 'artefacts' } },
      LoggingConfig: group,
    }
    const all: FunctionConfiguration[] = [latest, ...published.map(toConfiguration)]
    const begin = Number(input.Marker ?? 0)
    const next = begin + PAGE < all.length ? { NextMarker: String(begin + PAGE) } : {}
    return { Versions: all.slice(begin, begin + PAGE), ...next }
  })
  requests.on(ListAliasesCommand).callsFake(async (input: ListAliasesCommandInput) => {
    const { live, otherAliases } = known(input.FunctionName)
    const others = otherAliases.map((version, i) => ({ Name: `other-${i}`, FunctionVersion: version }))
    return { Aliases: [...(live === undefined ? [] : [aliasOf({ ...input, Name: 'live' })]), ...others] }
  })
  requests.on(DeleteFunctionCommand).callsFake(async (input: DeleteFunctionCommandInput) => {
    const known = memory.functionNamed(input.FunctionName ?? '')
    const { Qualifier: version } = input
    if (version === undefined) throw new Error('that would remove the whole function')
    if (!known.published.some(({ number }) => number === version)) throw notFound(`Function not found: ${version}`)
    known.published = known.published.filter(({ number }) => number !== version)
    return {}
  })
}

function toConfiguration(version: PublishedVersion): FunctionConfiguration {
  const { modelVersion, modelSha256, deadLetterTarget } = version
  const pinned = modelVersion === null ? {} : { MODEL_VERSION: modelVersion }
  const hashed = modelSha256 === null ? {} : { MODEL_SHA256: modelSha256 }
  return {
    Version: version.number,
    LastModified: version.publishedAt,
    Role: version.role,
    Environment: { Variables: { ...pinned, ...hashed } },
    ...(deadLetterTarget === null ? {} : { DeadLetterConfig: { TargetArn: deadLetterTarget } }),
  }
}

function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException({ message, $metadata: { httpStatusCode: 404 } })
}

function overtaken(): PreconditionFailedException {
  const message = 'The RevisionId provided does not match the latest RevisionId for the Lambda alias.'
  return new PreconditionFailedException({ message, $metadata: { httpStatusCode: 412 } })
}

/** An error that Lambda answers with. */
export function lambdaRefusal(name: string, httpStatusCode: number): LambdaServiceException {
  return new LambdaServiceException({ name, message: name, $fault: 'server', $metadata: { httpStatusCode } })
}
