import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import type { DeployContext, Deployer, DeployOptions, StackName } from '../usecases/traffic-ports.ts'

/** Runs a program to its end. */
export type RunProgram = (
  args: readonly string[],
  io: { captures: boolean },
) => Promise<{ code: number; stdout: string }>

/** Outputs of stacks by their names on CloudFormation; one stack is deployed at a time. */
const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * A {@link Deployer} that runs the CDK's command line; what it says goes to standard error.
 *
 * @param run  runs `cdk` with these arguments in the repository
 */
export function cdkDeployer(run: RunProgram): Deployer {
  return {
    async deploy(stack, context, options = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'closeline-outputs-'))
      const file = join(folder, 'outputs.json')
      try {
        const { code } = await run(deployArguments(stack, { context, options, file }), { captures: false })
        if (code !== 0) throw failed('deploy', stack, code)
        return await readOutputs(file)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    async diff(stack, context) {
      const { code, stdout } = await run(['diff', stack, ...common(context), '--ci'], { captures: true })
      if (code !== 0) throw failed('diff', stack, code)
      return stdout.trimEnd()
    },
  }
}

function common(context: DeployContext): string[] {
  return ['--exclusively', ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`])]
}

function deployArguments(
  stack: StackName,
  { context, options, file }: { context: DeployContext; options: DeployOptions; file: string },
): string[] {
  const { rollbackTriggers, isAttended = false } = options
  const approval = ['--require-approval', isAttended ? 'broadening' : 'never']
  return ['deploy', stack, ...common(context), ...approval, '--outputs-file', file, ...triggers(rollbackTriggers)]
}

/** `none` clears the alarms of an earlier deployment: one that is firing would undo the rollback that it calls for. */
function triggers(asked: DeployOptions['rollbackTriggers']): string[] {
  if (asked === undefined) return []
  const { alarmArns, monitorMinutes } = asked
  if (alarmArns.length === 0) return ['--rollback-trigger-alarm-arns', 'none']
  const watched = alarmArns.flatMap((arn) => ['--rollback-trigger-alarm-arns', arn])
  return [...watched, '--monitoring-time-minutes', String(monitorMinutes)]
}

async function readOutputs(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    const stacks = outputsSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    return Object.assign({}, ...Object.values(stacks))
  } catch (cause) {
    throw new UpstreamError('cdk', `it has deployed, but its outputs cannot be read: ${messageOf(cause)}`, {
      retryable: false,
      cause,
    })
  }
}

function failed(what: 'deploy' | 'diff', stack: StackName, code: number): UpstreamError {
  return new UpstreamError('cdk', `cdk ${what} ${stack} ended with ${code}; what it said stands above`, {
    retryable: false,
  })
}

/**
 * Runs the CDK that the repository has installed; its standard output joins our standard error, so that ours bears the
 * result alone.
 *
 * @throws {UpstreamError} where it cannot be started or is killed
 */
export function installedCdk(repository: string): RunProgram {
  return (args, { captures }) =>
    new Promise((resolve, reject) => {
      const child = spawn('npx', ['--no-install', 'cdk', ...args], {
        cwd: repository,
        stdio: ['inherit', captures ? 'pipe' : process.stderr, process.stderr],
      })
      let stdout = ''
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      child.once('error', (cause) => {
        reject(new UpstreamError('cdk', `it cannot be started: ${messageOf(cause)}`, { retryable: false, cause }))
      })
      child.once('close', (code, signal) => {
        if (code !== null) resolve({ code, stdout })
        else reject(new UpstreamError('cdk', `it was ended by ${signal}`, { retryable: false }))
      })
    })
}
