import type { StackProps } from 'aws-cdk-lib'
import type { StageConfig } from './stages.ts'

/**
 * What all stacks of a stage have in common: a name that no other stage has, and tags that say whose they are. Nothing
 * that changes with a commit or a day, for that would publish new versions of functions that are the same.
 */
export function stackProps(stage: StageConfig, id: string, description: string): StackProps {
  return {
    stackName: `closeline-${stage.name}-${id.toLowerCase()}`,
    description: `Closeline ${stage.name}: ${description}`,
    tags: { product: 'closeline', stage: stage.name },
    terminationProtection: stage.retainData,
  }
}
