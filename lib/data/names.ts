import type { Stage } from '../../shared/config/stage.ts'

/** Names that a stage's resources bear, for people and for stacks that know each other by name alone. */

/** Bus of the product's events. @example busName('dev') // 'closeline-dev' */
export function busName(stage: Stage): string {
  return `closeline-${stage}`
}

/** Topic that alarms and alerts go to. @example alertTopicName('dev') // 'closeline-dev-alerts' */
export function alertTopicName(stage: Stage): string {
  return `closeline-${stage}-alerts`
}

/** Glue database of the lake; Glue takes no hyphen. @example databaseName('dev') // 'closeline_dev' */
export function databaseName(stage: Stage): string {
  return `closeline_${stage}`
}

/** Athena workgroup of the analysts. @example workgroupName('dev') // 'closeline-dev' */
export function workgroupName(stage: Stage): string {
  return `closeline-${stage}`
}
