import type { FeatureDefinition } from './definition.ts'

/** Whether a feature's value counts as unknown, the ledger having been read so many milliseconds ago. */
export function isStale({ ttlMs }: Pick<FeatureDefinition, 'ttlMs'>, sinceLookMs: number): boolean {
  return ttlMs !== null && !(sinceLookMs <= ttlMs)
}

/** Names of the features that are stale. */
export function staleFeatures(
  definitions: readonly Pick<FeatureDefinition, 'name' | 'ttlMs'>[],
  sinceLookMs: number,
): string[] {
  return definitions.filter((definition) => isStale(definition, sinceLookMs)).map(({ name }) => name)
}
