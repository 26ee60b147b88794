import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { KeptState } from '../../lib/create-stacks.ts'
import { createStacks } from '../../lib/create-stacks.ts'

/** State of a repository that has deployed nothing yet. */
export const NOTHING_KEPT: KeptState = { traffic: '{}', pinned: '{}' }

/** What `cdk.json` says to every command. */
const OF_CDK_JSON = { '@aws-cdk/core:defaultCrossStackReferences': 'weak' }

export interface UnbuiltAppOptions {
  /** Where templates are written; somewhere temporary where it is not told. */
  outdir?: string
  /** Whether the CDK checks templates against CloudFormation's own schemas, which takes seconds. */
  isValidated?: boolean
}

/** An app whose functions' code is not built, for tests that look at templates. */
export function unbuiltApp(context: Record<string, unknown> = {}, options: UnbuiltAppOptions = {}): App {
  const { outdir, isValidated = false } = options
  const settled = { ...OF_CDK_JSON, 'aws:cdk:bundling-stacks': [], ...context }
  const written = outdir === undefined ? {} : { outdir }
  return new App({ context: settled, builtinCloudFormationValidation: isValidated, ...written })
}

export type StackId = 'Data' | 'Functions' | 'Canary' | 'Traffic' | 'Api' | 'Schedules' | 'Watch'

export interface Resource {
  id: string
  stack: string
  type: string
  properties: Record<string, unknown>
  deletionPolicy: string | undefined
}

/** The templates of a stage. */
export interface SynthesizedStage {
  template(stack: StackId): Template
  /** Resources of all stacks. */
  resources: readonly Resource[]
  stackNames: readonly string[]
}

/** Synthesizes the stacks as `bin/app.ts` does, without code. */
export function synthesize(context: Record<string, unknown> = {}, state: Partial<KeptState> = {}): SynthesizedStage {
  const app = unbuiltApp(context)
  createStacks(app, { ...NOTHING_KEPT, ...state })
  const stacks = app.node.children.filter((child) => child instanceof Stack)
  const templates = new Map(stacks.map((stack) => [stack.node.id, Template.fromStack(stack)]))
  const template = (id: string) => {
    const found = templates.get(id)
    if (found === undefined) throw new Error(`there is no stack ${id}`)
    return found
  }
  return {
    template,
    resources: stacks.flatMap(({ node }) => resourcesOf(node.id, template(node.id))),
    stackNames: stacks.map(({ stackName }) => stackName),
  }
}

function resourcesOf(stack: string, template: Template): Resource[] {
  const { Resources = {} } = template.toJSON()
  return Object.entries<Record<string, unknown>>(Resources).map(([id, resource]) => ({
    ...{ id, stack, type: String(resource.Type) },
    properties: (resource.Properties ?? {}) as Record<string, unknown>,
    deletionPolicy: resource.DeletionPolicy === undefined ? undefined : String(resource.DeletionPolicy),
  }))
}

/** Text of anything of a template, so that what stands somewhere in it can be looked for. */
export function textOf(value: unknown): string {
  return JSON.stringify(value)
}
