import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { describe, expect, it } from 'vitest'
import { checkAdvice, createStacks } from '../../lib/create-stacks.ts'
import { NOTHING_KEPT, synthesize, textOf, unbuiltApp } from '../support/synthesized-stacks.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Finding {
  ruleName: string
  reason?: string
}

interface Report {
  pluginReports: { pluginName: string; conclusion: string; violations: Finding[]; suppressedViolations: Finding[] }[]
}

/** What AWS advises against, and stands all the same, in any of the stages. */
const ANSWERED_FOR = ['AwsSolutions-APIG4', 'AwsSolutions-IAM5', 'AwsSolutions-S1', 'AwsSolutions-SQS3']

describe('what cdk-nag finds', () => {
  it.each(['dev', 'prod'])(
    'is nothing that nobody has answered for, in %s',
    async (stage) => {
      await using folder = await temporaryFolder()
      const app = unbuiltApp({ stage }, { outdir: folder.path, isValidated: true })
      createStacks(app, NOTHING_KEPT)
      checkAdvice(app)
      app.synth()
      const report: Report = JSON.parse(readFileSync(join(folder.path, 'validation-report.json'), 'utf8'))
      // CloudFormation's own schemas are among those that look; a plugin that finds nothing is not in the report.
      expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([])
      const [nag] = report.pluginReports.filter(({ pluginName }) => pluginName === 'AwsSolutions')
      expect(nag).toMatchObject({ conclusion: 'success', violations: [] })
      const findings = nag?.suppressedViolations ?? []
      expect(findings.length).toBeGreaterThan(20)
      for (const { ruleName, reason } of findings) {
        expect(ANSWERED_FOR).toContain(ruleName.split('[')[0])
        expect(reason?.split(' ').length, ruleName).toBeGreaterThan(4)
      }
    },
    120_000,
  )

  it('ends a synthesis where somebody should have answered', () => {
    const app = unbuiltApp()
    createStacks(app, NOTHING_KEPT)
    checkAdvice(app)
    new Bucket(new Stack(app, 'Careless'), 'Bucket')
    expect(() => app.synth()).toThrow(/valid/i)
  }, 120_000)
})

describe('every permission', () => {
  interface Statement {
    Effect: string
    Action: string | string[]
    Resource?: unknown
  }

  const roles = synthesize({ stage: 'prod' }).resources.filter(({ type }) => /^AWS::IAM::(Policy|Role)$/.test(type))
  const allowed = roles.flatMap(({ id, properties }) => {
    const inline = (properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[]
    const own = properties.PolicyDocument === undefined ? [] : [{ PolicyDocument: properties.PolicyDocument as never }]
    const statements: Statement[] = [...inline, ...own].flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    return statements.filter(({ Effect }) => Effect === 'Allow').map((statement) => ({ id, ...statement }))
  })

  it('names its actions', () => {
    expect(allowed.length).toBeGreaterThan(40)
    expect(allowed.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([])
  })

  it('names its resources, but for metrics, which have no names', () => {
    const everything = allowed.filter(({ Resource }) => [Resource].flat().includes('*'))
    expect(everything.map(({ id, Action }) => [id.startsWith('Prediction'), Action])).toEqual([
      [true, 'cloudwatch:GetMetricData'],
    ])
  })

  it('is wide in nothing but the objects of one folder of the bucket', () => {
    const wide = allowed.filter(({ Resource }) => Resource !== '*' && textOf(Resource).includes('*'))
    for (const { Action, Resource } of wide) {
      expect([Action].flat().every((action) => /^s3:[A-Za-z]+Object|^s3:AbortMultipartUpload$/.test(action))).toBe(true)
      for (const resource of [Resource].flat().filter((one) => textOf(one).includes('*'))) {
        expect(textOf(resource)).toMatch(/"\/[a-z/]+\/\*"/)
      }
    }
    expect(wide.length).toBeGreaterThan(5)
  })
})
