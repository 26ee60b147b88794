import { describe, expect, it } from 'vitest'
import { athenaManifests } from '../../../shared/lake/athena.ts'
import type { FeatureMonthFiles } from '../../../shared/lake/feature-layer.ts'
import { lakeFile, partition } from '../../support/lake-states.ts'

const BUCKET = 's3://closeline-test/'

function featureMonth(month: string, key: string): FeatureMonthFiles {
  const hashes = { sourceSha256: 'b'.repeat(64), ledgerSha256: 'c'.repeat(64) }
  return {
    ...{ month, ...hashes, bets: 1, leftOut: 0, origin: 'own', summaryRevision: 1, state: null },
    features: lakeFile(key),
    record: lakeFile(`${key}.record`),
  }
}

describe('athenaManifests', () => {
  it('names the files of a month in one manifest, in their order, and nothing else', () => {
    const lake = { partitions: [partition('2025-03', 'lake/b'), partition('2025-03', 'lake/a', 'lake/findings')] }
    expect([...athenaManifests({ lake, features: { months: [] } }, BUCKET)]).toEqual([
      ['lake/athena/bets/month=2025-03/symlink.txt', 's3://closeline-test/lake/a\ns3://closeline-test/lake/b\n'],
    ])
  })

  it('names features beside bets, and a name with signs of a URL as it stands', () => {
    const lake = { partitions: [partition('2025-03', 'lake/sport=American%20Football/part-0.parquet')] }
    const features = { months: [featureMonth('2025-04', 'lake/features')] }
    expect(Object.fromEntries(athenaManifests({ lake, features }, BUCKET))).toEqual({
      'lake/athena/bets/month=2025-03/symlink.txt':
        's3://closeline-test/lake/sport=American%20Football/part-0.parquet\n',
      'lake/athena/features/month=2025-04/symlink.txt': 's3://closeline-test/lake/features\n',
    })
  })

  it.each(['1999-12', '-0001-12', '12025-01', '2100-01'])('lists bets of %s with the first month', (month) => {
    const lake = { partitions: [partition(month, 'lake/odd'), partition('2000-01', 'lake/first')] }
    expect([...athenaManifests({ lake, features: { months: [] } }, BUCKET)]).toEqual([
      ['lake/athena/bets/month=2000-01/symlink.txt', 's3://closeline-test/lake/first\ns3://closeline-test/lake/odd\n'],
    ])
  })

  it('is nothing where there are no bets', () => {
    expect(athenaManifests({ lake: { partitions: [] }, features: { months: [] } }, BUCKET).size).toBe(0)
  })
})
