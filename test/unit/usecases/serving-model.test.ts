import { beforeEach, describe, expect, it } from 'vitest'
import { decodeSnapshot, encodeSnapshot } from '../../../shared/features/snapshot.ts'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import type { ObjectStore, TaggedReader } from '../../../shared/kernel/ports.ts'
import { FEATURE_LAYER_KEY, findFeatureLayer } from '../../../shared/lake/feature-layer.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { CURRENT_FOR_MS, servedFrom } from '../../../shared/usecases/served-from.ts'
import type { ServingModel } from '../../../shared/usecases/serving-model.ts'
import { createServingModel } from '../../../shared/usecases/serving-model.ts'
import { bet } from '../../support/bets.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { editJson, memoryObjectStore, truncateObject } from '../../support/memory-object-store.ts'
import {
  fillForServing,
  fixedScorer,
  MODELS_MADE_MS,
  marketBlend,
  materializeInto,
  modelVersion,
  promote,
} from '../../support/models.ts'

const MAX_AGE_MS = 60_000
const LEDGER = [bet({ id: 'a' }), bet({ id: 'b', state: 'lost' })]

const another = (slope: number) => modelVersion(marketBlend({ slope }))

/** Makes the features layer look as if another version of the software had made it. */
async function otherSoftware(objects: ObjectStore): Promise<void> {
  const layer = await findFeatureLayer(objects)
  const key = layer?.months.at(-1)?.state?.key ?? ''
  const snapshot = await decodeSnapshot((await objects.get(key)) ?? new Uint8Array(), key)
  await objects.put(key, await encodeSnapshot({ ...snapshot, layerHash: 'b'.repeat(64) }))
  const months = layer?.months.map((month, i) =>
    i === layer.months.length - 1 && month.state !== null
      ? { ...month, state: { ...month.state, sha256: 'c'.repeat(64) } }
      : month,
  )
  await editJson(objects, FEATURE_LAYER_KEY, { months })
}

describe('the serving model', () => {
  let objects: ObjectStore & TaggedReader
  let gets: string[]
  let isDown: boolean
  let scorers: ReturnType<typeof fixedScorer>
  let clock: ReturnType<typeof manualClock>
  let logger: ReturnType<typeof memoryLogger>
  let model: ServingModel

  function serveWith(loadScorer: LoadScorer): ServingModel {
    const watched: ObjectStore & TaggedReader = {
      ...objects,
      get: (key) => {
        gets.push(key)
        return isDown ? Promise.reject(new UpstreamError('S3', 'bucket secret-name is gone')) : objects.get(key)
      },
      getTagged: (key, known) => {
        gets.push(key)
        return isDown
          ? Promise.reject(new UpstreamError('S3', 'bucket secret-name is gone'))
          : objects.getTagged(key, known)
      },
    }
    return createServingModel({ objects: watched, loadScorer, clock, logger, maxAgeMs: MAX_AGE_MS })
  }

  beforeEach(() => {
    objects = memoryObjectStore()
    gets = []
    isDown = false
    scorers = fixedScorer(0.5)
    clock = manualClock(MODELS_MADE_MS)
    logger = memoryLogger()
    model = serveWith(scorers)
  })

  const version = () => model.current()?.manifest.version
  /** Bets whose result the snapshot holds, be it on its way. */
  const betsKnown = () => {
    const { told, settled, assumed } = model.current()?.snapshot.state.resultsKnownBy ?? {}
    return (told ?? 0) + (settled ?? 0) + (assumed ?? 0)
  }
  const onnxKey = (of: string) => `models/${of}/model.onnx`

  it('has none, and says so, before the first look', () => {
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toBe('no model has been loaded yet')
    expect(model.confirmedAtMs()).toBeUndefined()
    expect(servedFrom(model, clock())).toBe('memory')
  })

  it('has none where none was trained', async () => {
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toBe('no model has been trained yet')
  })

  it('has none where the pipeline left no snapshot', async () => {
    await promote(objects, await modelVersion())
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toBe('no feature snapshot has been made yet')
  })

  it('loads the champion with the history beside it, tries it, and logs that', async () => {
    const champion = await fillForServing(objects, LEDGER)
    await model.refresh()
    expect(model.problem()).toBeUndefined()
    expect(version()).toBe(champion)
    expect(model.current()?.snapshot.origin).toBe('own')
    expect(betsKnown()).toBe(2)
    expect(scorers.asked).toHaveLength(2)
    expect(logger.of('model_loaded').map((line) => line.fields.version)).toEqual([champion])
  })

  it('takes up a new champion and frees the old one when the next but one comes', async () => {
    await fillForServing(objects, LEDGER)
    await model.refresh()
    for (const [i, slope] of [1.1, 1.2].entries()) {
      const next = await promote(objects, await another(slope))
      await model.refresh()
      expect(version()).toBe(next)
      expect(scorers.released).toBe(i)
    }
  })

  it('takes up a new history without loading the model again', async () => {
    await fillForServing(objects, LEDGER)
    await model.refresh()
    const scorer = model.current()?.scorer
    await materializeInto(objects, [...LEDGER, bet({ id: 'c' })])
    await model.refresh()
    expect(model.problem()).toBeUndefined()
    expect(betsKnown()).toBe(3)
    expect(model.current()?.scorer).toBe(scorer)
    expect(scorers.asked).toHaveLength(2)
    expect(scorers.released).toBe(0)
  })

  it('takes a champion that knows sports and markets by the codes of the features', async () => {
    await materializeInto(objects, LEDGER)
    const { manifest, onnx } = await another(1.3)
    const codes = { sport: { Basketball: 1 }, market: { 'Player Points': 1 } }
    await promote(objects, { manifest: { ...manifest, codes }, onnx })
    await model.refresh()
    expect(model.problem()).toBeUndefined()
    expect(version()).toBe(manifest.version)
  })

  it('keeps what it has where nothing has changed', async () => {
    await fillForServing(objects, LEDGER)
    await model.refresh()
    const before = model.current()
    await model.refresh()
    expect(model.current()).toBe(before)
    expect(logger.of('model_loaded')).toHaveLength(1)
  })

  describe('with a good model in service', () => {
    let good: string

    beforeEach(async () => {
      good = await fillForServing(objects, LEDGER)
      await model.refresh()
    })

    const DAMAGES: [what: string, damage: () => Promise<void>, problem: RegExp][] = [
      ['a corrupt file', () => objects.put(onnxKey(good), 'garbage'), /file of model \S+ differs/],
      [
        'a manifest cut short',
        () => truncateObject(objects, `models/${good}/manifest.json`),
        /manifest\.json is damaged/,
      ],
      ['an alias cut short', () => truncateObject(objects, 'models/champion.json'), /champion\.json is damaged/],
      ['a features layer cut short', () => truncateObject(objects, FEATURE_LAYER_KEY), /features\.json is damaged/],
      [
        'another layer whose state is cut short',
        async () => {
          await materializeInto(objects, [...LEDGER, bet({ id: 'c' })])
          const state = (await findFeatureLayer(objects))?.months.at(-1)?.state
          await truncateObject(objects, state?.key ?? '')
        },
        /state\.bin is damaged/,
      ],
      [
        'an alias of an unknown version',
        () => editJson(objects, 'models/champion.json', { version: 'blend-000000000000' }),
        /there is no model version blend-000000000000/,
      ],
      [
        'a new version whose file is missing',
        async () => {
          const { manifest } = await another(1.3)
          await objects.put(`models/${manifest.version}/manifest.json`, JSON.stringify(manifest))
          await editJson(objects, 'models/champion.json', { version: manifest.version })
        },
        /the file of model \S+ is missing/,
      ],
      [
        'a new version trained on other features',
        async () => {
          const { manifest, onnx } = await another(1.3)
          await promote(objects, { manifest: { ...manifest, features: { hash: 'b'.repeat(64), names: [] } }, onnx })
        },
        /was trained on another version of the features/,
      ],
      ...(['sport', 'market'] as const).map((field): (typeof DAMAGES)[number] => [
        `a new version that knows a ${field} by another code`,
        async () => {
          const name = field === 'sport' ? 'Basketball' : 'Player Points'
          const { manifest, onnx } = await another(1.3)
          const codes = { sport: {}, market: {}, [field]: { [name]: 2 } }
          await promote(objects, { manifest: { ...manifest, codes }, onnx })
        },
        new RegExp(`knows the ${field} [A-Z][A-Za-z ]+ by the code 2, the features by 1: train again`),
      ]),
      [
        'a new version that knows a sport the features do not',
        async () => {
          const { manifest, onnx } = await another(1.3)
          await promote(objects, { manifest: { ...manifest, codes: { sport: { Curling: 1 }, market: {} } }, onnx })
        },
        /knows the sport Curling by the code 1, the features by none: train again/,
      ],
      [
        'a ledger of demo bets',
        async () => void (await materializeInto(objects, [bet({ origin: 'demo' })])),
        /was trained on your own bets, and the ledger holds demo data/,
      ],
      [
        'a snapshot of other features',
        () => otherSoftware(objects),
        /snapshot was made by another version of the features/,
      ],
    ]

    it.each(DAMAGES)('keeps it in service and names the problem: %s', async (_, damage, problem) => {
      await damage()
      await model.refresh()
      expect(version()).toBe(good)
      expect(model.problem()).toMatch(problem)
    })

    it.each(DAMAGES)('logs a problem once and recovers when it is mended: %s', async (_, damage) => {
      await damage()
      await model.refresh()
      await model.refresh()
      expect(logger.of('model_refresh_failed')).toHaveLength(1)
      await objects.put('models/champion.json', '{}')
      const mended = await fillForServing(objects, LEDGER)
      await model.refresh()
      expect(model.problem()).toBeUndefined()
      expect(version()).toBe(mended)
    })

    it('keeps it in service where the store is down, and does not tell the world what the store said', async () => {
      isDown = true
      await model.refresh()
      expect(version()).toBe(good)
      expect(model.problem()).toBe('the model cannot be read from where it is kept')
      expect(logger.of('model_refresh_failed')[0]?.fields.cause).toContain('secret-name')
      isDown = false
      await model.refresh()
      expect(model.problem()).toBeUndefined()
    })

    it('tells when it last found all as it should be, and from what it serves', async () => {
      const confirmedAtMs = clock()
      expect([model.confirmedAtMs(), servedFrom(model, clock())]).toEqual([confirmedAtMs, 'current'])
      clock.advance(MAX_AGE_MS)
      isDown = true
      await model.refresh()
      expect([model.confirmedAtMs(), servedFrom(model, clock())]).toEqual([confirmedAtMs, 'memory'])
      isDown = false
      await model.refresh()
      expect([model.confirmedAtMs(), servedFrom(model, clock())]).toEqual([confirmedAtMs + MAX_AGE_MS, 'current'])
      clock.advance(CURRENT_FOR_MS)
      expect(servedFrom(model, clock())).toBe('current')
      clock.advance(1)
      expect(servedFrom(model, clock())).toBe('memory')
    })

    it('keeps the file beside the scorer that runs it', async () => {
      const { onnx, manifest } = await another(1.5)
      await promote(objects, { manifest, onnx })
      await model.refresh()
      expect(model.current()?.onnx).toEqual(onnx)
      await materializeInto(objects, [...LEDGER, bet({ id: 'c' })])
      await model.refresh()
      expect(model.current()?.onnx).toEqual(onnx)
    })

    it('keeps it in service where a new one does not load', async () => {
      await promote(objects, await another(1.4))
      scorers.asked.length = 0
      const failing = serveWith(() => Promise.reject(new UpstreamError('onnxruntime', 'no such operator')))
      await failing.refresh()
      expect(failing.current()).toBeUndefined()
      expect(failing.problem()).toMatch(/^model \S+ does not run$/)
    })
  })

  it('frees a model that loads but does not run', async () => {
    let released = 0
    await fillForServing(objects, LEDGER)
    model = serveWith(async () => ({
      score: () => Promise.reject(new UpstreamError('onnxruntime', 'out of memory')),
      release: async () => {
        released++
      },
    }))
    await model.refresh()
    expect(model.problem()).toMatch(/does not run$/)
    expect(released).toBe(1)
  })

  it.each([0, 1, Number.NaN])('refuses a model that gives an even-money bet the probability %s', async (p) => {
    const strange = fixedScorer(p)
    await fillForServing(objects, LEDGER)
    model = serveWith(strange)
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toMatch(/gives no probability for an even-money bet/)
    expect(strange.released).toBe(1)
  })

  it('refuses a model that says of its probe something else than it did when it was registered', async () => {
    await fillForServing(objects, LEDGER)
    model = serveWith(fixedScorer(0.50002))
    await model.refresh()
    expect(model.current()).toBeUndefined()
    expect(model.problem()).toMatch(/says 0\.50002.* where it said 0\.5 when it was registered$/)
  })

  it('shares one look among calls that overlap', async () => {
    await fillForServing(objects, LEDGER)
    await Promise.all([model.refresh(), model.refresh(), model.refresh()])
    expect(gets.filter((key) => key === 'models/champion.json')).toHaveLength(1)
    await model.refresh()
    expect(gets.filter((key) => key === 'models/champion.json')).toHaveLength(2)
  })

  it('looks again after five seconds while it has nothing to answer with', async () => {
    await model.refresh()
    await fillForServing(objects, LEDGER)
    gets = []
    clock.advance(4999)
    model.refreshIfStale()
    expect(gets).toEqual([])
    clock.advance(1)
    model.refreshIfStale()
    await expect.poll(version).toBeDefined()
  })

  it('looks again by itself when the last look is old, and not before', async () => {
    await fillForServing(objects, LEDGER)
    await model.refresh()
    gets = []
    clock.advance(MAX_AGE_MS - 1)
    model.refreshIfStale()
    expect(gets).toEqual([])
    clock.advance(1)
    model.refreshIfStale()
    model.refreshIfStale()
    expect(gets).toEqual(['models/champion.json'])
    await model.refresh()
    model.refreshIfStale()
    expect(gets.filter((key) => key === 'models/champion.json')).toHaveLength(1)
  })
})
