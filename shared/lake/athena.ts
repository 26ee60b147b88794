import type { FeatureLayerState } from './feature-layer.ts'
import type { LakeState } from './state.ts'

/**
 * Where Athena is told which files are current, so that it reads none that a later run has replaced:
 *
 *     lake/athena/bets/month=YYYY-MM/symlink.txt        URIs of the processed files of the month's bets
 *     lake/athena/features/month=YYYY-MM/symlink.txt    URI of the month's features
 *
 * @see Apache Hive, `SymlinkTextInputFormat`: a table whose files are those that text files name, one a line
 */
export const ATHENA_PREFIX = 'lake/athena/'

/** The first month that the tables look for; bets of no month of this century are listed with it. */
export const FIRST_ATHENA_MONTH = '2000-01'

const THIS_CENTURY = /^20\d\d-\d\d$/

/** What the manifests are made of: the lake's newest state, and the features made of it. */
export interface CurrentLake {
  lake: Pick<LakeState, 'partitions'>
  features: Pick<FeatureLayerState, 'months'>
}

/**
 * Every manifest of a lake, by its key: the URIs of the files that are current, in their order, each on a line of its own.
 *
 * @param lakeUri  what goes before an object's key, such as `s3://BUCKET/`
 */
export function athenaManifests({ lake, features }: CurrentLake, lakeUri: string): ReadonlyMap<string, string> {
  const files = [
    ...lake.partitions.map(({ month, file }) => ({ manifest: manifestKey('bets', month), key: file.key })),
    ...features.months.map(({ month, features: file }) => ({
      manifest: manifestKey('features', month),
      key: file.key,
    })),
  ]
  const lines = new Map<string, string[]>()
  for (const { manifest, key } of files) lines.set(manifest, [...(lines.get(manifest) ?? []), `${lakeUri}${key}\n`])
  return new Map([...lines].map(([manifest, uris]) => [manifest, uris.sort().join('')]))
}

/** @example manifestKey('bets', '2025-03') // 'lake/athena/bets/month=2025-03/symlink.txt' */
function manifestKey(table: 'bets' | 'features', month: string): string {
  const listed = THIS_CENTURY.test(month) ? month : FIRST_ATHENA_MONTH
  return `${ATHENA_PREFIX}${table}/month=${listed}/symlink.txt`
}
