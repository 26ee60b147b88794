import type { AwsServices } from './aws-services.ts'
import type { SynthesizedStack } from './cloud-assembly.ts'
import type { References } from './intrinsics.ts'
import { resolve } from './intrinsics.ts'
import type { DeployedResource } from './physical-name.ts'
import { attributeOfResource, refOfResource } from './physical-name.ts'
import { APPLIED, REMOVED } from './stack-resources.ts'

/** What a deployment has done. */
export interface StackChange {
  stackName: string
  /** Logical ids, of resources that were made or changed. */
  applied: string[]
  outputs: Readonly<Record<string, string>>
}

/** Puts synthesized stacks into the local services. */
export interface CloudFormation {
  /**
   * Deploys a stack: a resource whose resolved properties are those of the last deployment is left as it is, whatever has
   * been done to it since.
   *
   * @throws {Error} where a resource cannot be put in place; those before it are not taken back
   */
  deploy(stack: SynthesizedStack): Promise<StackChange>
  outputs(stackName: string): Readonly<Record<string, string>>
  /** Types of resources that were deployed and that nothing here stands for. */
  withoutDouble(): string[]
  /** Resources of a type in all stacks, by logical id. */
  resources(type: string): DeployedResource[]
}

interface DeployedStack {
  resources: Map<string, DeployedResource>
  outputs: Record<string, string>
}

export function cloudFormation(services: AwsServices): CloudFormation {
  const stacks = new Map<string, DeployedStack>()
  const withoutDouble = new Set<string>()

  async function deploy(stack: SynthesizedStack): Promise<StackChange> {
    const before = stacks.get(stack.stackName)?.resources ?? new Map<string, DeployedResource>()
    const after = new Map<string, DeployedResource>()
    const references = referencesOf(stack, after, (name, output) => stacks.get(name)?.outputs[output])
    const applied: string[] = []
    for (const id of inOrder(stack)) {
      const { Type: type, Properties } = stack.template.Resources[id] ?? { Type: '', Properties: {} }
      const properties = resolve(Properties, references) as Record<string, unknown>
      const resource: DeployedResource = { logicalId: id, stackName: stack.stackName, type, properties }
      after.set(id, resource)
      const held = before.get(id)
      if (held !== undefined && JSON.stringify(held.properties) === JSON.stringify(properties)) {
        if (held.version !== undefined) resource.version = held.version
        continue
      }
      const apply = APPLIED[type]
      if (apply === undefined) withoutDouble.add(type)
      await apply?.(resource, services, stack.assets)
      applied.push(id)
    }
    for (const [id, resource] of before) {
      if (!after.has(id)) await REMOVED[resource.type]?.(resource, services, stack.assets)
    }
    const resolved = Object.entries(stack.template.Outputs).map(([name, { Value }]) => [
      name,
      resolve(Value, references),
    ])
    const outputs = Object.fromEntries(resolved.map(([name, value]) => [name, String(value)]))
    stacks.set(stack.stackName, { resources: after, outputs })
    return { stackName: stack.stackName, applied, outputs }
  }

  return {
    deploy,
    outputs: (stackName) => stacks.get(stackName)?.outputs ?? {},
    withoutDouble: () => [...withoutDouble].sort(),
    resources: (type) =>
      [...stacks.values()].flatMap(({ resources }) => [...resources.values()].filter((one) => one.type === type)),
  }
}

function referencesOf(
  { stackName, template }: SynthesizedStack,
  resources: ReadonlyMap<string, DeployedResource>,
  output: (stackName: string, name: string) => string | undefined,
): References {
  function resource(id: string): DeployedResource {
    const found = resources.get(id)
    if (found === undefined) throw new Error(`${stackName}: there is no resource ${id}`)
    return found
  }
  const references: References = {
    stackName,
    ref(id) {
      const parameter = template.Parameters[id]
      return parameter === undefined ? refOfResource(resource(id)) : parameter.Default
    },
    attribute: (id, name) => attributeOfResource(resource(id), name),
    output(other, name) {
      const value = output(other, name)
      if (value === undefined) throw new Error(`${stackName}: ${other} has no output ${name}; is it deployed?`)
      return value
    },
    exported: (name) => {
      throw new Error(`${stackName}: no double of the export ${name}`)
    },
    condition: (name) => resolve(template.Conditions[name], references),
  }
  return references
}

/** Logical ids, each after those that it refers to or depends on. */
function inOrder({ template }: SynthesizedStack): string[] {
  const done = new Set<string>()
  const visit = (id: string, from: readonly string[]): void => {
    if (done.has(id)) return
    if (from.includes(id)) throw new Error(`a circle of resources: ${[...from, id].join(' > ')}`)
    const resource = template.Resources[id]
    if (resource === undefined) return
    for (const other of mentioned(resource)) visit(other, [...from, id])
    done.add(id)
  }
  for (const id of Object.keys(template.Resources)) visit(id, [])
  return [...done]
}

/** Names that a resource refers to; names that are none of resources do no harm. */
function mentioned(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mentioned)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === 'Ref' && typeof member === 'string') return [member]
    if (key === 'DependsOn') return [member].flat().map(String)
    if (key === 'Fn::GetAtt') return [Array.isArray(member) ? String(member[0]) : (String(member).split('.')[0] ?? '')]
    if (key === 'Fn::Sub') return [...subbed(member), ...mentioned(member)]
    return mentioned(member)
  })
}

function subbed(member: unknown): string[] {
  const text = Array.isArray(member) ? String(member[0]) : String(member)
  return [...text.matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, name = '']) => name)
}
