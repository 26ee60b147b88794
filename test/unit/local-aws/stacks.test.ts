import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiSpec } from '../../local-aws/api-spec.ts'
import type { SynthesizedStack } from '../../local-aws/cloud-assembly.ts'
import { readCloudAssembly } from '../../local-aws/cloud-assembly.ts'
import type { LocalAccount } from '../../local-aws/local-account.ts'
import { startLocalAccount } from '../../local-aws/local-account.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let account: LocalAccount

beforeEach(async () => {
  account = await startLocalAccount()
})

afterEach(() => account[Symbol.asyncDispose]())

const ROLE = { Type: 'AWS::IAM::Role', Properties: {} }
const OUTPUTS = { Published: { Value: { 'Fn::GetAtt': ['One', 'Version'] } } }

/** A function `f` with the code of an asset, and the resources of versions by their logical ids. */
function functionStack(asset: string, versions: readonly string[]): SynthesizedStack {
  const Properties = {
    ...{ FunctionName: 'f', Code: { S3Key: `${asset}.zip` }, Handler: 'index.handler' },
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { WHERE: { Ref: 'AWS::Region' }, MODEL: { Ref: 'Model' } } },
  }
  const published = versions.map((id) => [
    id,
    { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'F' } } },
  ])
  const Resources = { ...Object.fromEntries(published), F: { Type: 'AWS::Lambda::Function', Properties }, Role: ROLE }
  const Outputs = versions.includes('One') ? OUTPUTS : {}
  const template = { Resources, Outputs, Parameters: { Model: { Default: 'm' } }, Conditions: {} }
  return { id: 'Functions', stackName: 'functions', template, assets: { a: '/tmp/asset.a', b: '/tmp/asset.b' } }
}

function aliasStack(properties: Record<string, unknown>): SynthesizedStack {
  const Properties = { FunctionName: 'f', Name: 'live', ...properties }
  const template = {
    Resources: { Live: { Type: 'AWS::Lambda::Alias', Properties } },
    ...{ Outputs: {}, Parameters: {}, Conditions: {} },
  }
  return { id: 'Traffic', stackName: 'traffic', template, assets: {} }
}

describe('a stack with a function', () => {
  it('gives it what the template says, with references worked out', async () => {
    await account.stacks.deploy(functionStack('a', []))
    expect(account.services.functions.version('f', '$LATEST')).toMatchObject({
      assetFolder: '/tmp/asset.a',
      environment: { WHERE: 'eu-central-1', MODEL: 'm' },
      roleArn: 'arn:aws:iam::123456789012:role/functions-Role',
    })
  })

  it('publishes a version where its logical id is new, and none where it is not', async () => {
    expect((await account.stacks.deploy(functionStack('a', ['One']))).outputs).toEqual({ Published: '1' })
    const again = await account.stacks.deploy(functionStack('a', ['One']))
    expect(again).toMatchObject({ applied: [], outputs: { Published: '1' } })
    await account.stacks.deploy(functionStack('b', ['Two']))
    // The first one is kept: it is what a rollback wants.
    expect(account.services.functions.versions('f').map(({ version }) => version)).toEqual(['$LATEST', '1', '2'])
    expect(account.services.functions.version('f', '1').assetFolder).toBe('/tmp/asset.a')
  })

  it('fails where a new version would be the same as one that there is, as CloudFormation does', async () => {
    await account.stacks.deploy(functionStack('a', ['One']))
    await expect(account.stacks.deploy(functionStack('a', ['Two']))).rejects.toThrow('exists (1)')
  })
})

describe('a stack with an alias', () => {
  const weighted = { RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '2', FunctionWeight: 0.1 }] } }

  beforeEach(async () => {
    await account.stacks.deploy(functionStack('a', ['One']))
    await account.stacks.deploy(functionStack('b', ['Two']))
  })

  it('moves it', async () => {
    await account.stacks.deploy(aliasStack({ FunctionVersion: '1', ...weighted }))
    expect(account.services.functions.alias('f', 'live')).toMatchObject({ functionVersion: '1', weights: { 2: 0.1 } })
    await account.stacks.deploy(aliasStack({ FunctionVersion: '2' }))
    expect(account.services.functions.alias('f', 'live')).toMatchObject({ functionVersion: '2', weights: {} })
  })

  it('leaves it where somebody else has moved it to, as long as the template is as it was', async () => {
    await account.stacks.deploy(aliasStack({ FunctionVersion: '1', ...weighted }))
    account.services.functions.putAlias('f', 'live', { weights: {} })
    await account.stacks.deploy(aliasStack({ FunctionVersion: '1', ...weighted }))
    expect(account.services.functions.alias('f', 'live').weights).toEqual({})
  })
})

describe('stacks', () => {
  it('know one another by their outputs, once these are deployed', async () => {
    const Value = { 'Fn::GetStackOutput': { StackName: 'functions', OutputName: 'Published' } }
    const other = {
      ...aliasStack({}),
      template: { ...aliasStack({}).template, Resources: {}, Outputs: { V: { Value } } },
    }
    await expect(account.stacks.deploy(other)).rejects.toThrow('is it deployed?')
    await account.stacks.deploy(functionStack('a', ['One']))
    expect((await account.stacks.deploy(other)).outputs).toEqual({ V: '1' })
  })

  it('tell what of them nothing here stands for', async () => {
    const Resources = { Table: { Type: 'AWS::Glue::Table', Properties: {} } }
    await account.stacks.deploy({ ...aliasStack({}), template: { ...aliasStack({}).template, Resources } })
    expect(account.stacks.withoutDouble()).toEqual(['AWS::Glue::Table'])
  })

  it('are read from where the CDK has written them, with their assets', async () => {
    await using folder = await temporaryFolder()
    const write = (file: string, json: unknown) => writeFile(join(folder.path, file), JSON.stringify(json))
    await mkdir(join(folder.path, 'asset.a'))
    const properties = { templateFile: 'Api.template.json', stackName: 'closeline-dev-api' }
    await write('manifest.json', { artifacts: { Api: { type: 'aws:cloudformation:stack', properties } } })
    await write('Api.assets.json', { files: { a: { source: { path: 'asset.a' } } } })
    const integration = { IntegrationUri: 'fn', IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' }
    const route = { RouteKey: 'GET /a', Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'I' }]] } }
    const Resources = {
      R: { Type: 'AWS::ApiGatewayV2::Route', Properties: route },
      I: { Type: 'AWS::ApiGatewayV2::Integration', Properties: integration },
    }
    await write('Api.template.json', { Resources })
    const [stack] = await readCloudAssembly(folder.path)
    expect(stack).toMatchObject({ id: 'Api', stackName: 'closeline-dev-api' })
    expect(stack?.assets).toEqual({ a: join(folder.path, 'asset.a') })
    if (stack !== undefined) await account.stacks.deploy(stack)
    expect(apiSpec(account.stacks.resources).routes).toEqual([{ key: 'GET /a', target: 'fn', authorizer: undefined }])
  })
})
