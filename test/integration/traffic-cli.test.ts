import { stripVTControlCharacters } from 'node:util'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { canaryCommand } from '../../bin/commands/canary.ts'
import { deployCommand } from '../../bin/commands/deploy.ts'
import { logsCommand } from '../../bin/commands/logs.ts'
import { promoteCommand } from '../../bin/commands/promote.ts'
import { pruneCommand } from '../../bin/commands/prune.ts'
import { rollbackCommand } from '../../bin/commands/rollback.ts'
import { statusCommand } from '../../bin/commands/status.ts'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { MOVED_MS, memoryOperations } from '../support/memory-operations.ts'
import { closeline } from '../support/product-process.ts'

const PREDICTION = 'closeline-dev-prediction'

describe('an operator’s commands', () => {
  let made: ReturnType<typeof memoryOperations>
  let written = { stdout: '', stderr: '' }

  beforeEach(() => {
    made = memoryOperations()
    for (const stream of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        written[stream] += String(text)
        return true
      })
    }
  })

  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  async function run(...args: string[]) {
    written = { stdout: '', stderr: '' }
    process.exitCode = undefined
    const open = async () => made.operations
    const program = new Command('closeline').enablePositionalOptions().exitOverride()
    const commands = [
      deployCommand,
      canaryCommand,
      promoteCommand,
      rollbackCommand,
      statusCommand,
      logsCommand,
      pruneCommand,
    ]
    for (const command of commands) program.addCommand(command(open).exitOverride())
    await program.parseAsync(args, { from: 'user' })
    return { code: process.exitCode, stdout: stripVTControlCharacters(written.stdout), stderr: written.stderr }
  }

  async function json(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await run(...args, '--json')
    expect([code, stderr]).toEqual([undefined, ''])
    return JSON.parse(stdout)
  }

  const live = () => made.lambda.aliases.get(PREDICTION)
  const filed = () => made.traffic.file.dev?.prediction

  it('lead from nothing over a canary to a promotion and back', async () => {
    expect((await run('deploy')).stdout).toBe(
      'prediction: version 1 is the first, all requests go to it\nscoring: version 1 is the first, all requests go to it\n',
    )
    expect((await run('deploy', '--function', 'prediction')).stdout).toBe(
      'prediction: version 2 is published, tried with live, health, predict, and has no traffic: ' +
        'closeline canary --stage dev --function prediction --weight 0.1\n',
    )
    expect((await run('canary', '--weight', '0.1')).stdout).toBe(
      `${PREDICTION}: canary from 1 to 1, and 2 for 10 %\nversion 2 tried with live, health, predict\n` +
        'traffic.json is written: commit it\n',
    )
    expect(await live()).toMatchObject({ stable: '1', canary: '2', weight: 0.1 })
    expect((await run('promote')).stdout).toContain(`${PREDICTION}: promote from 1, and 2 for 10 % to 2`)
    expect([await live(), filed()]).toMatchObject([
      { stable: '2', canary: null },
      { stable: '2', previous: '1' },
    ])
    expect((await run('rollback')).stdout).toContain(`${PREDICTION}: rollback from 2 to 1`)
    expect([await live(), filed()]).toMatchObject([{ stable: '1' }, { stable: '1', previous: null }])
    const again = await run('rollback')
    expect([again.code, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toContain('nothing is known of what was stable before')
  })

  it('go over to a version in one step', async () => {
    await run('deploy')
    await run('deploy')
    expect(await json('promote', '--version', '2')).toMatchObject({
      move: 'promote',
      to: { stable: '2', previous: '1' },
    })
  })

  it('tell machines what was moved', async () => {
    await run('deploy')
    await run('deploy')
    expect(await json('canary', '--weight', '0.25', '--monitor', '3')).toEqual({
      ...{ stage: 'dev', function: 'prediction', move: 'canary', tried: ['live', 'health', 'predict'], warnings: [] },
      from: { stable: '1', canary: null, weight: 0 },
      filed: { stable: '1', canary: null, weight: 0, previous: null },
      to: { stable: '1', canary: '2', weight: 0.25, previous: null },
    })
    expect(made.deployments.at(-1)?.options.rollbackTriggers?.monitorMinutes).toBe(3)
  })

  it('say beforehand what would be done, and do nothing', async () => {
    await run('deploy')
    await run('deploy')
    const before = made.deployments.length
    const { stdout } = await run('canary', '--weight', '0.1', '--dry-run')
    expect(stdout).toContain(
      `${PREDICTION}: canary from 1 to 1, and 2 for 10 %; nothing was done\nCanary {"stage":"dev"`,
    )
    expect((await run('deploy', '--dry-run')).stdout).toBe('Functions {"stage":"dev"}\n')
    expect(await json('promote', '--version', '2', '--dry-run', '--emergency')).toMatchObject({
      dryRun: true,
      changes: '',
    })
    expect([made.deployments.length, filed()]).toMatchObject([before, { canary: null }])
  })

  it('go past CloudFormation in an emergency, and warn of what that leaves out', async () => {
    await run('deploy')
    await run('deploy')
    const before = made.deployments.length
    const { stderr } = await run('canary', '--weight', '0.5', '--emergency')
    expect(stderr).toContain('closeline: warning: the stack Canary has not been deployed')
    await run('rollback', '--emergency')
    expect([made.deployments.length, await live(), filed()]).toMatchObject([before, { canary: null }, { canary: null }])
  })

  it('show how things stand, and end with 3 where file and AWS differ', async () => {
    await run('deploy')
    await run('deploy')
    await run('canary', '--weight', '0.1')
    const calm = await run('status')
    expect(calm.code).toBeUndefined()
    expect(calm.stdout).toContain(
      `${PREDICTION}\n  traffic.json  1, and 2 for 10 %\n  AWS           1, and 2 for 10 %\n`,
    )
    expect(calm.stdout).toContain('2        canary   2026-03-01T02:00  champion')
    expect(calm.stdout).toContain(`${PREDICTION}-canary-errors  OK`)
    made.lambda.setLive(PREDICTION, { stable: '1', canary: null, weight: 0 })
    const drifted = await run('status')
    expect(drifted.code).toBe(3)
    expect(drifted.stdout).toContain(
      'DRIFT: AWS sends requests to 1; traffic.json says 1, and 2 for 10 %\n    closeline rollback makes it 1 in both',
    )
    const refused = await run('promote')
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    await run('rollback')
    expect(await json('status', '--function', 'prediction')).toMatchObject({
      hasDrift: false,
      functions: [{ drift: null }],
    })
  })

  it('fail with 1 where AWS does, and with 2 where the operator has erred', async () => {
    await run('deploy')
    await run('deploy')
    made.hooks.before = () => {
      throw new UpstreamError('cdk', 'cdk deploy Canary ended with 1')
    }
    expect(await run('canary', '--weight', '0.1')).toEqual({
      ...{ code: 1, stdout: '', stderr: 'closeline: cdk: cdk deploy Canary ended with 1\n' },
    })
    expect(await run('promote')).toMatchObject({ code: 2, stdout: '' })
    expect(await run('canary', '--weight', '0.1', '--stage', 'prod')).toMatchObject({ code: 2 })
  })

  it('show log lines, also as JSON line by line', async () => {
    await run('deploy')
    const line = { id: 'a', atMs: MOVED_MS, version: '1', text: 'hello\u001b[2J' }
    made.lines.push(line, { ...line, id: 'b', version: '2' }, { ...line, id: 'c', atMs: MOVED_MS - 120_000 })
    expect((await run('logs', '--version', '1', '--since', '1m')).stdout).toBe(
      '2026-03-01T12:00:00.000Z [1] hello�[2J\n',
    )
    expect((await run('logs', '--since', '1h', '--json')).stdout.split('\n')).toHaveLength(4)
  })

  it('remove old versions, and say which', async () => {
    await run('deploy')
    for (let i = 0; i < 12; i++) made.lambda.publish(PREDICTION)
    expect((await run('prune', '--dry-run')).stdout).toBe(
      'prediction: to be removed: 2, 3; 11 versions stay\nscoring: to be removed: none; 1 versions stay\n',
    )
    expect(await json('prune', '--function', 'prediction')).toMatchObject({ pruned: [{ removed: ['2', '3'] }] })
  })

  it.each([
    [['canary'], '--weight'],
    [['canary', '--weight', '0.6'], 'from 0 to 0.5'],
    [['canary', '--weight', 'much'], 'from 0 to 0.5'],
    [['canary', '--weight', ''], 'from 0 to 0.5'],
    [['canary', '--weight', '0.1', '--monitor', '1.5'], 'whole number from 0 to 180'],
    [['canary', '--weight', '0.1', '--monitor', '181'], 'whole number from 0 to 180'],
    [['promote', '--version', '$LATEST'], 'numbers from 1'],
    [['status', '--stage', 'production'], 'Allowed choices are dev, staging, prod'],
    [['rollback', '--function', 'guard'], 'Allowed choices are prediction, scoring'],
    [['logs', '--since', '10'], 's, m, h or d'],
  ])('are refused as %j', async (args, said) => {
    await expect(run(...args)).rejects.toThrow()
    expect(written.stderr).toContain(said)
    expect([made.deployments, written.stdout]).toEqual([[], ''])
  })
})

describe('an operator’s commands, as processes', () => {
  it('know a version to move to from the version of the program', async () => {
    const { code, stdout, stderr } = await closeline('promote', '--version', '8x')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Published versions are numbers from 1.')
  })
})
