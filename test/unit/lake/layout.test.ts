import { describe, expect, it } from 'vitest'
import { keyParts } from '../../../shared/kernel/object-key.ts'
import {
  byMonthAndSport,
  featureMonthKey,
  featuresFolder,
  featureTableKey,
  findingsKey,
  manifestKey,
  partitionFolder,
  partitionId,
  runIdOf,
  stateKey,
} from '../../../shared/lake/layout.ts'

const folderOf = async (sport: string | null) => (await partitionFolder({ sport, month: '2025-03' })).split('/')[0]

describe('stateKey', () => {
  it('sorts as text as its number does', () => {
    expect(stateKey(42)).toBe('lake/states/00000042.json')
    const keys = [1, 9, 10, 99, 100, 99_999_999].map(stateKey)
    expect([...keys].sort()).toEqual(keys)
  })
})

describe('the keys of a run', () => {
  it('lie in its folder, by which the run is known', () => {
    const folder = featuresFolder('r-1', 'm-1')
    const keys = [
      manifestKey('r-1'),
      findingsKey('r-1'),
      featureMonthKey(folder, '2025-03'),
      featureTableKey(folder, 'feature_sport_stats'),
    ]
    expect(keys).toEqual([
      'lake/runs/r-1/manifest.json',
      'lake/runs/r-1/findings.ndjson',
      'lake/runs/r-1/features/m-1/month=2025-03/part-0.parquet',
      'lake/runs/r-1/features/m-1/feature_sport_stats.parquet',
    ])
    expect(keys.map(runIdOf)).toEqual(['r-1', 'r-1', 'r-1', 'r-1'])
    expect([runIdOf('lake/states/00000001.json'), runIdOf('lake/runs/')]).toEqual([undefined, undefined])
  })
})

describe('partitionFolder', () => {
  it('is spelled as Hive spells it, null by its own name', async () => {
    expect(await partitionFolder({ sport: 'American Football', month: '2025-03' })).toBe(
      'sport=American%20Football/month=2025-03',
    )
    expect(await partitionFolder({ sport: null, month: '-0001-12' })).toBe(
      'sport=__HIVE_DEFAULT_PARTITION__/month=-0001-12',
    )
  })

  it.each([
    ['a/b', 'sport=a%2Fb'],
    ['..', 'sport=..'],
    ['%2F', 'sport=%252F'],
    ['a*b?[c]', 'sport=a%2Ab%3F%5Bc%5D'],
    ["O'Hurling (~)!", 'sport=O%27Hurling%20%28%7E%29%21'],
    ['🎲', 'sport=%F0%9F%8E%B2'],
    ['__HIVE_DEFAULT_PARTITION__', 'sport=%5F_HIVE_DEFAULT_PARTITION__'],
  ])('makes a safe name of %j', async (sport, expected) => {
    const folder = await folderOf(sport)
    expect(folder).toBe(expected)
    expect(decodeURIComponent(folder?.slice('sport='.length) ?? '')).toBe(sport)
  })

  it('shortens what is too long for a file system, and never two names to one', async () => {
    const long = [
      'x'.repeat(300),
      `${'x'.repeat(299)}y`,
      '日'.repeat(100),
      `${'日'.repeat(99)}本`,
      'a\ud83d',
      'a\ud83e',
    ]
    const folders = await Promise.all(long.map(folderOf))
    expect(new Set(folders).size).toBe(long.length)
    for (const folder of folders) {
      expect(folder).toMatch(/^sport=[\w%.-]*~[0-9a-f]{16}$/)
      expect(Buffer.byteLength(folder ?? '')).toBeLessThan(255)
      expect(() => decodeURIComponent(folder ?? '')).not.toThrow()
    }
    // A name that looks like a shortened one is another.
    expect(await folderOf(folders[0]?.slice('sport='.length) ?? '')).not.toBe(folders[0])
  })

  it('leaves a key that is a plain path', async () => {
    for (const sport of ['..', '.', '/', '', '\0', 'a/../b']) {
      const folder = await partitionFolder({ sport, month: '2025-03' })
      expect(keyParts(`lake/${folder}/part-0.parquet`)).toHaveLength(4)
    }
  })
})

describe('partitionId', () => {
  it('tells apart what a careless text would not', () => {
    const partitions = [
      { sport: null, month: '2025-03' },
      { sport: 'null', month: '2025-03' },
      { sport: 'a","b', month: '2025-03' },
      { sport: 'a', month: '2025-03' },
      { sport: 'a', month: '2025-04' },
    ]
    expect(new Set(partitions.map(partitionId)).size).toBe(5)
  })
})

describe('byMonthAndSport', () => {
  it('goes by month, then sport, null first', () => {
    const inOrder = [
      { sport: null, month: '2025-02' },
      { sport: 'A', month: '2025-02' },
      { sport: 'B', month: '2025-02' },
      { sport: null, month: '2025-03' },
      { sport: 'A', month: '2025-03' },
    ]
    expect(inOrder.toReversed().sort(byMonthAndSport)).toEqual(inOrder)
    expect(byMonthAndSport({ sport: null, month: 'm' }, { sport: null, month: 'm' })).toBe(0)
  })
})
