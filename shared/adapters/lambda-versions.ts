import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda'
import { DeleteFunctionCommand, paginateListAliases, paginateListVersionsByFunction } from '@aws-sdk/client-lambda'
import type { PublishedVersion } from '../traffic/versions.ts'
import type { FunctionSettings, VersionShelf } from '../usecases/traffic-ports.ts'
import { blamingLambda, ifUnknown } from './lambda-errors.ts'

/** What Lambda calls a function's unpublished state. */
const UNPUBLISHED = '$LATEST'

/** A {@link VersionShelf} on Lambda. */
export function lambdaVersions(client: LambdaClient): VersionShelf {
  return {
    list: (functionName) =>
      blamingLambda(async () => {
        const found = await listVersions(client, functionName).catch(ifUnknown)
        if (found === undefined) return undefined
        const unpublished = found.find(({ Version }) => Version === UNPUBLISHED)
        const published = found.filter(({ Version }) => Version !== UNPUBLISHED).map(toPublished)
        return { settings: toSettings(unpublished, functionName), published }
      }),
    aliased: (functionName) =>
      blamingLambda(async () => (await listAliased(client, functionName).catch(ifUnknown)) ?? []),
    remove: (functionName, version) =>
      blamingLambda(async () => {
        await client
          .send(new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version }))
          .catch(ifUnknown)
      }),
  }
}

async function listVersions(client: LambdaClient, FunctionName: string): Promise<FunctionConfiguration[]> {
  const found: FunctionConfiguration[] = []
  for await (const page of paginateListVersionsByFunction({ client }, { FunctionName })) {
    found.push(...(page.Versions ?? []))
  }
  return found
}

async function listAliased(client: LambdaClient, FunctionName: string): Promise<string[]> {
  const named = new Set<string>()
  for await (const page of paginateListAliases({ client }, { FunctionName })) {
    for (const { FunctionVersion, RoutingConfig } of page.Aliases ?? []) {
      if (FunctionVersion !== undefined) named.add(FunctionVersion)
      // One with a weight of 0 is named all the same, and Lambda would not let it go.
      for (const version of Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})) named.add(version)
    }
  }
  return [...named]
}

function toPublished(version: FunctionConfiguration): PublishedVersion {
  const variables = version.Environment?.Variables
  return {
    number: version.Version ?? '',
    publishedAt: version.LastModified ?? '',
    role: version.Role ?? '',
    deadLetterTarget: version.DeadLetterConfig?.TargetArn ?? null,
    modelVersion: variables?.MODEL_VERSION ?? null,
    modelSha256: variables?.MODEL_SHA256 ?? null,
  }
}

function toSettings(unpublished: FunctionConfiguration | undefined, functionName: string): FunctionSettings {
  const variables = unpublished?.Environment?.Variables
  return {
    artefactBucket: variables?.ARTEFACT_BUCKET,
    logGroup: unpublished?.LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
  }
}
