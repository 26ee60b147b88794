import { beforeEach, describe, expect, it } from 'vitest'
import { InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import type { Scorer } from '../../../shared/registry/scorer.ts'
import { coalescing, coalescingScorer } from '../../../shared/usecases/coalescing-scorer.ts'

const WIDTH = 2

/** Answers the first value of each row; rows that begin with NaN fail the whole run. Tells how many rows each run had. */
function watchedScorer() {
  const runs: number[] = []
  let atOnce = 0
  const watched = { runs, mostAtOnce: 0, released: 0 }
  const scorer: Scorer = {
    async score(features, nRows) {
      runs.push(nRows)
      atOnce++
      watched.mostAtOnce = Math.max(watched.mostAtOnce, atOnce)
      await Promise.resolve()
      await Promise.resolve()
      atOnce--
      const first = Float32Array.from({ length: nRows }, (_, r) => features[r * WIDTH] ?? 99)
      if (first.some(Number.isNaN)) throw new UpstreamError('twin', 'a row is not a number')
      return first
    },
    release: async () => {
      watched.released++
    },
  }
  return Object.assign(scorer, { watched })
}

describe('a coalescing scorer', () => {
  let beneath: ReturnType<typeof watchedScorer>
  let deferred: (() => void)[]
  let scorer: Scorer

  beforeEach(() => {
    beneath = watchedScorer()
    deferred = []
    scorer = coalescingScorer(beneath, WIDTH, (work) => deferred.push(work))
  })

  const ask = (...rows: number[]) => scorer.score(Float32Array.from(rows.flatMap((x) => [x, 0])), rows.length)
  const goOn = () => {
    for (const work of deferred.splice(0)) work()
  }

  it('answers questions asked at one time by one run, each with its own rows', async () => {
    const asked = [ask(0.25), ask(0.5, 0.75), ask(0.125)]
    expect(beneath.watched.runs).toEqual([])
    goOn()
    expect(await Promise.all(asked)).toEqual([[0.25], [0.5, 0.75], [0.125]].map((row) => Float32Array.from(row)))
    expect(beneath.watched.runs).toEqual([4])
  })

  it('asks once more for what comes while it runs, never two runs at a time', async () => {
    const first = ask(0.25)
    goOn()
    await Promise.resolve()
    const later = [ask(0.5), ask(0.75)]
    expect(deferred).toEqual([])
    expect(await Promise.all([first, ...later])).toEqual([[0.25], [0.5], [0.75]].map((row) => Float32Array.from(row)))
    expect(beneath.watched.runs).toEqual([1, 2])
    expect(beneath.watched.mostAtOnce).toBe(1)
  })

  it('begins anew when it has come to rest', async () => {
    for (const x of [0.25, 0.5]) {
      const asked = ask(x)
      goOn()
      expect(await asked).toEqual(Float32Array.of(x))
    }
    expect(beneath.watched.runs).toEqual([1, 1])
  })

  it('lets a question fail alone', async () => {
    const asked = [ask(0.25), ask(Number.NaN), ask(0.5)]
    goOn()
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[2]).toMatchObject({ value: Float32Array.of(0.5) })
    expect(outcomes[1]).toMatchObject({ reason: expect.any(UpstreamError) })
  })

  it('takes at most 256 rows into a run, and one question whole', async () => {
    const asked = [
      ask(...Array.from({ length: 100 }, () => 0.25)),
      ask(...Array.from({ length: 156 }, () => 0.25)),
      ask(0.5),
      ask(...Array.from({ length: 300 }, () => 0.75)),
    ]
    goOn()
    expect((await Promise.all(asked)).map(({ length }) => length)).toEqual([100, 156, 1, 300])
    expect(beneath.watched.runs).toEqual([256, 1, 300])
  })

  it('refuses values that are not so many rows, without harm to others', async () => {
    const wrong = scorer.score(new Float32Array(3), 1)
    const right = ask(0.5)
    goOn()
    await expect(wrong).rejects.toBeInstanceOf(InvariantError)
    expect(await right).toEqual(Float32Array.of(0.5))
  })

  it('answers what was asked before it frees the model', async () => {
    const asked = ask(0.5)
    const released = scorer.release()
    expect(beneath.watched.released).toBe(0)
    goOn()
    expect(await asked).toEqual(Float32Array.of(0.5))
    await released
    expect(beneath.watched.released).toBe(1)
  })

  it('is what a loader gives that coalesces', async () => {
    const load = coalescing(async () => beneath, setImmediate)
    const loaded = await load(new Uint8Array(), WIDTH)
    const asked = [1, 2, 3].map((x) => loaded.score(Float32Array.of(x, 0), 1))
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map((x) => Float32Array.of(x)))
    expect(beneath.watched.runs).toEqual([3])
  })
})
