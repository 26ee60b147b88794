import { beforeEach, describe, expect, it } from 'vitest'
import { ATHENA_PREFIX } from '../../../shared/lake/athena.ts'
import { findFeatureLayer } from '../../../shared/lake/feature-layer.ts'
import { materializeFeatures } from '../../../shared/usecases/materialize-features.ts'
import { publishAthenaManifests } from '../../../shared/usecases/publish-athena-manifests.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { partition } from '../../support/lake-states.ts'
import { memoryObjectStore, textOf } from '../../support/memory-object-store.ts'
import type { MemoryPipelineDeps } from '../../support/pipeline-deps.ts'
import { currentState, memoryPipelineDeps, RUN_AT_MS, run } from '../../support/pipeline-deps.ts'

const LAKE_URI = 's3://closeline-test/'
const MONTH_MS = 31 * 86_400_000
const none = { months: [] }

describe('publishAthenaManifests', () => {
  const lake = { partitions: [partition('2025-03', 'lake/a'), partition('2025-04', 'lake/b')] }
  let objects: ReturnType<typeof memoryObjectStore>
  const publish = (partitions = lake.partitions, lakeUri = LAKE_URI) =>
    publishAthenaManifests({ objects, lakeUri }, { lake: { partitions }, features: none })

  beforeEach(() => {
    objects = memoryObjectStore()
  })

  it('writes each manifest once, and again only when its files change', async () => {
    expect(await publish()).toEqual({ written: 2, removed: 0 })
    expect(await publish()).toEqual({ written: 0, removed: 0 })
    expect(await publish([partition('2025-03', 'lake/a'), partition('2025-04', 'lake/c')])).toEqual({
      written: 1,
      removed: 0,
    })
    expect(await textOf(objects, 'lake/athena/bets/month=2025-04/symlink.txt')).toBe('s3://closeline-test/lake/c\n')
  })

  it('removes the manifest of a month that is gone', async () => {
    await publish()
    expect(await publish([partition('2025-04', 'lake/b')])).toEqual({ written: 0, removed: 1 })
    expect(await objects.list(ATHENA_PREFIX)).toEqual(['lake/athena/bets/month=2025-04/symlink.txt'])
  })

  it('leaves everything as it is where no Athena reads', async () => {
    expect(await publishAthenaManifests({ objects }, { lake, features: none })).toEqual({ written: 0, removed: 0 })
    expect(await objects.list('')).toEqual([])
  })
})

describe('materializeFeatures, where Athena reads', () => {
  let deps: MemoryPipelineDeps

  beforeEach(async () => {
    deps = memoryPipelineDeps({ lakeUri: LAKE_URI })
    const later = bet({ id: 'b', placedAtMs: LEDGER_START_MS + MONTH_MS, state: 'open', settledAtMs: null })
    deps.source.save([bet({ id: 'a' }), { ...later, resultKnownAtMs: null }], (RUN_AT_MS - 86_400_000) * 1000)
    await run(deps)
    await materializeFeatures(deps, { full: false })
  })

  /** URIs of all manifests of a table. */
  async function listed(table: string): Promise<string[]> {
    const keys = await deps.objects.list(`${ATHENA_PREFIX}${table}/`)
    const texts = await Promise.all(keys.map((key) => textOf(deps.objects, key)))
    return texts.flatMap((text) => text.trimEnd().split('\n')).sort()
  }

  async function expectCurrent(): Promise<void> {
    const { partitions } = await currentState(deps.objects)
    const layer = await findFeatureLayer(deps.objects)
    expect(await listed('bets')).toEqual(partitions.map(({ file }) => `${LAKE_URI}${file.key}`).sort())
    expect(await listed('features')).toEqual(layer?.months.map(({ features }) => `${LAKE_URI}${features.key}`).sort())
    for (const uri of [...(await listed('bets')), ...(await listed('features'))]) {
      expect(await deps.objects.get(uri.slice(LAKE_URI.length))).toBeDefined()
    }
  }

  it('leaves manifests of the files that are current, and of no other', async () => {
    expect(await deps.objects.list(ATHENA_PREFIX)).toHaveLength(4)
    await expectCurrent()
    deps.source.save([bet({ id: 'a', league: 'WNBA' })], deps.clock() * 1000)
    await run(deps)
    await materializeFeatures(deps, { full: false })
    await expectCurrent()
  })

  it('follows a lake that loses a month', async () => {
    deps.source.remove(['b'], deps.clock() * 1000)
    await run(deps)
    await materializeFeatures(deps, { full: false })
    expect(await deps.objects.list(ATHENA_PREFIX)).toHaveLength(2)
    await expectCurrent()
  })
})
