import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { DeployContext, Deployer, DeployOptions } from '../../shared/usecases/traffic-ports.ts'
import type { SynthesizedStack } from './cloud-assembly.ts'
import type { StackChange } from './cloudformation.ts'
import type { LocalAccount } from './local-account.ts'
import { createSynthesizer } from './synthesize.ts'

/** Deploys stacks of a working copy into a local account: the command line's port, and stacks that it does not deploy. */
export interface LocalDeployer extends Deployer, AsyncDisposable {
  /** Deploys any stack, as `cdk deploy STACK --exclusively` does. */
  deployStack(stack: string, context: DeployContext): Promise<StackChange>
  /** Says that code of the working copy has changed. */
  changed(): void
}

/** Stacks that know of no traffic and have no code: what was synthesized for another is good for them too. */
const STEADY = ['Data', 'Api', 'Schedules', 'Watch']
const WITH_CODE = 'Functions'

/**
 * A {@link Deployer} that runs the working copy's CDK app and puts the templates into a local account.
 *
 * @param always  context of every deployment: what an operator has in `cdk.json`
 */
export function localDeployer(account: LocalAccount, repository: string, always: DeployContext): LocalDeployer {
  const synthesizer = createSynthesizer(repository)
  let held: { key: string; stacks: Map<string, SynthesizedStack> } | undefined
  let changes = 0

  async function stacksFor(name: string, context: DeployContext): Promise<Map<string, SynthesizedStack>> {
    if (held !== undefined && STEADY.includes(name)) return held.stacks
    const files = ['traffic.json', 'models/pinned.json'].map((file) => readFile(join(repository, file), 'utf8'))
    const key = JSON.stringify([context, changes, await Promise.all(files)])
    if (held?.key === key) return held.stacks
    const bundled = name === 'Traffic' || name === 'Canary' ? [] : [WITH_CODE]
    const stacks = await synthesizer.synthesize({ context: { ...always, ...context }, bundled })
    held = { key, stacks }
    return stacks
  }

  async function deployStack(name: string, context: DeployContext): Promise<StackChange> {
    const stacks = await stacksFor(name, context)
    const stack = stacks.get(name)
    if (stack === undefined) throw new Error(`there is no stack ${name}: ${[...stacks.keys()].join(', ')}`)
    return account.stacks.deploy(stack)
  }

  return {
    deployStack,
    changed() {
      changes++
    },
    async deploy(name, context, options) {
      assertQuiet(account, name, options)
      const { outputs } = await deployStack(name, context)
      return outputs
    },
    diff: async (name) => `${name} as the working copy has it`,
    [Symbol.asyncDispose]: () => synthesizer[Symbol.asyncDispose](),
  }
}

/** CloudFormation undoes a deployment whose alarms fire; here it is refused where one does so before. */
function assertQuiet({ services }: LocalAccount, stack: string, { rollbackTriggers }: DeployOptions = {}): void {
  const names = (rollbackTriggers?.alarmArns ?? []).map((arn) => arn.split(':alarm:')[1])
  const firing = services.alarms.all().find(({ spec, state }) => state === 'ALARM' && names.includes(spec.AlarmName))
  if (firing === undefined) return
  throw new UpstreamError('cdk', `${stack} is undone: ${firing.spec.AlarmName} fires`, { retryable: false })
}
