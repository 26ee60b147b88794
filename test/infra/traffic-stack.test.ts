import { Stack } from 'aws-cdk-lib'
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { Alias, Function as LambdaFunction, Version } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { createStacks, keptState } from '../../lib/create-stacks.ts'
import { NOTHING_KEPT, synthesize, textOf, unbuiltApp } from '../support/synthesized-stacks.ts'

const CANARY = { stable: '7', canary: '8', weight: '0.1' }
const KEPT = {
  traffic: JSON.stringify({ dev: { prediction: { stable: '4', canary: '5', weight: 0.2, previous: '3' } } }),
}

function aliasOf(name: 'prediction' | 'scoring', stage: ReturnType<typeof synthesize>) {
  const functionName = { FunctionName: `closeline-dev-${name}` }
  const found = stage.template('Traffic').findResources('AWS::Lambda::Alias', { Properties: functionName })
  return Object.values(found)[0]?.Properties
}

describe('the live alias', () => {
  it('answers by the first version where nothing is kept', () => {
    expect(aliasOf('prediction', synthesize())).toEqual({
      ...{ FunctionName: 'closeline-dev-prediction', Name: 'live', FunctionVersion: '1' },
    })
  })

  it('carries the weights that traffic.json has', () => {
    expect(aliasOf('prediction', synthesize({}, KEPT))).toMatchObject({
      FunctionVersion: '4',
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '5', FunctionWeight: 0.2 }] },
    })
  })

  it('carries those that the command names, and then none of the file', () => {
    expect(aliasOf('prediction', synthesize(CANARY, KEPT))).toMatchObject({
      FunctionVersion: '7',
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '8', FunctionWeight: 0.1 }] },
    })
    expect(aliasOf('prediction', synthesize({ stable: '5' }, KEPT))).not.toHaveProperty('RoutingConfig')
  })

  it('is moved of the function that the command names, and of no other', () => {
    const moved = synthesize({ ...CANARY, function: 'scoring' }, KEPT)
    expect(aliasOf('scoring', moved)).toMatchObject({ FunctionVersion: '7' })
    expect(aliasOf('prediction', moved)).toMatchObject({ FunctionVersion: '4' })
  })

  it('is what traffic.json and models/pinned.json of this repository can say', () => {
    expect(() => createStacks(unbuiltApp(), keptState())).not.toThrow()
  })

  it('is the same resource through canary, promotion and rollback', () => {
    const steps = [CANARY, { stable: '8' }, { stable: '7' }].map((step) =>
      synthesize(step).template('Traffic').toJSON(),
    )
    expect(new Set(steps.map(({ Resources }) => textOf(Object.keys(Resources)))).size).toBe(1)
  })
})

describe('a shift of traffic', () => {
  it('changes nothing of the functions, so that it publishes nothing', () => {
    const before = synthesize().template('Functions').toJSON()
    expect(
      synthesize({ ...CANARY, weight: '0.5' })
        .template('Functions')
        .toJSON(),
    ).toEqual(before)
    expect(synthesize({}, KEPT).template('Functions').toJSON()).toEqual(before)
  })

  it('needs no code built and no other stack: the template has names and numbers alone', () => {
    const text = textOf(synthesize(CANARY).template('Traffic').toJSON().Resources)
    expect(text).not.toMatch(/Fn::|"Ref"|S3Key/)
  })

  it.each([
    [{ canary: '8', weight: '0.1' }, /stable/],
    [{ stable: '7', canary: '7', weight: '0.1' }, /another version/],
    [{ stable: '7', canary: '8', weight: '0.6' }, /promote it/],
    [{ stable: '7', canary: '8', weight: 'NaN' }, /weight/],
    [{ stable: '7', canary: '8' }, /weight/],
    [{ stable: '7', weight: '0.1' }, /canary/],
    [{ stable: '$LATEST' }, /published version/],
    [{ stable: '7', function: 'pipeline' }, /function/],
  ])('is refused where it cannot be meant: %j', (context, reason) => {
    expect(() => synthesize(context)).toThrow(reason)
  })

  it('is refused where traffic.json is damaged', () => {
    expect(() => synthesize({}, { traffic: '{"dev":{"prediction":{"stable":7}}}' })).toThrow(/stable/)
  })

  it('is refused where CodeDeploy would move the same alias', () => {
    const app = unbuiltApp()
    createStacks(app, NOTHING_KEPT)
    const rival = new Stack(app, 'Rival')
    const lambda = LambdaFunction.fromFunctionName(rival, 'Function', 'closeline-dev-prediction')
    const version = Version.fromVersionAttributes(rival, 'Version', { lambda, version: '7' })
    const alias = new Alias(rival, 'Alias', { aliasName: 'live', version })
    new LambdaDeploymentGroup(rival, 'Group', {
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    })
    expect(() => app.synth()).toThrow(/moved by CodeDeploy/)
  })
})
