import { access, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { RunProgram } from '../../../shared/adapters/cdk-deployer.ts'
import { cdkDeployer, installedCdk } from '../../../shared/adapters/cdk-deployer.ts'

/** A CDK that notes how it was called, and leaves outputs as the real one does. */
function fakeCdk({ code = 0, stdout = '', outputs = '{}' } = {}) {
  const calls: { args: string[]; captures: boolean; file: string | undefined }[] = []
  const run: RunProgram = async (args, { captures }) => {
    const at = args.indexOf('--outputs-file')
    const file = at < 0 ? undefined : args[at + 1]
    calls.push({ args: args.map((arg) => (arg === file ? 'FILE' : arg)), captures, file })
    if (file !== undefined) await writeFile(file, outputs)
    return { code, stdout }
  }
  return { deployer: cdkDeployer(run), calls }
}

describe('a deployment by the CDK', () => {
  it('is of one stack alone, with its context, and asks nobody', async () => {
    const { deployer, calls } = fakeCdk()
    await deployer.deploy('Traffic', { stage: 'dev', stable: '7' })
    expect(calls.map(({ args }) => args.join(' '))).toEqual([
      'deploy Traffic --exclusively --context stage=dev --context stable=7 --require-approval never --outputs-file FILE',
    ])
  })

  it('returns the outputs of the stack', async () => {
    const outputs = '{"closeline-dev-functions":{"PredictionPublishedVersion":"8"}}'
    const { deployer } = fakeCdk({ outputs })
    expect(await deployer.deploy('Functions', { stage: 'dev' })).toEqual({ PredictionPublishedVersion: '8' })
  })

  it('asks about wider permissions where a person is there', async () => {
    const { deployer, calls } = fakeCdk()
    await deployer.deploy('Functions', { stage: 'dev' }, { isAttended: true })
    expect(calls[0]?.args.join(' ')).toContain('--require-approval broadening')
  })

  it('is watched by alarms', async () => {
    const { deployer, calls } = fakeCdk()
    await deployer.deploy('Traffic', {}, { rollbackTriggers: { alarmArns: ['arn:a', 'arn:b'], monitorMinutes: 15 } })
    expect(calls[0]?.args.slice(-6)).toEqual([
      ...['--rollback-trigger-alarm-arns', 'arn:a', '--rollback-trigger-alarm-arns', 'arn:b'],
      ...['--monitoring-time-minutes', '15'],
    ])
  })

  it('forgets the alarms of the deployment before it', async () => {
    const { deployer, calls } = fakeCdk()
    await deployer.deploy('Traffic', {}, { rollbackTriggers: { alarmArns: [], monitorMinutes: 15 } })
    expect(calls[0]?.args.slice(-2)).toEqual(['--rollback-trigger-alarm-arns', 'none'])
  })

  it('has failed where the CDK ends with another code than 0, and leaves no file behind', async () => {
    const { deployer, calls } = fakeCdk({ code: 1 })
    await expect(deployer.deploy('Traffic', {})).rejects.toMatchObject({
      ...{ name: 'UpstreamError', vendor: 'cdk', retryable: false },
      message: 'cdk deploy Traffic ended with 1; what it said stands above',
    })
    await expect(access(calls[0]?.file ?? '')).rejects.toThrow('ENOENT')
  })

  it.each(['{', '{"stack":{"Version":8}}'])('tells of outputs that cannot be read: %s', async (outputs) => {
    await expect(fakeCdk({ outputs }).deployer.deploy('Functions', {})).rejects.toThrow('its outputs cannot be read')
  })
})

describe('a preview by the CDK', () => {
  it('is what it prints', async () => {
    const { deployer, calls } = fakeCdk({ stdout: 'Stack Traffic\nno differences\n' })
    expect(await deployer.diff('Traffic', { stage: 'dev' })).toBe('Stack Traffic\nno differences')
    expect(calls).toEqual([
      { args: ['diff', 'Traffic', '--exclusively', '--context', 'stage=dev', '--ci'], captures: true, file: undefined },
    ])
  })

  it('has failed where the CDK has', async () => {
    await expect(fakeCdk({ code: 2 }).deployer.diff('Traffic', {})).rejects.toThrow('cdk diff Traffic ended with 2')
  })
})

describe('the CDK that is installed', () => {
  it('is run in the repository, its standard output captured where that is wanted', async () => {
    const { code, stdout } = await installedCdk('.')(['--version'], { captures: true })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^2\.\d+\.\d+/)])
  })

  it('is told of where there is none to run', async () => {
    await expect(installedCdk('/no/such/folder')(['--version'], { captures: true })).rejects.toMatchObject({
      ...{ vendor: 'cdk', message: expect.stringContaining('cannot be started') },
    })
  })
})
