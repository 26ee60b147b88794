import { describe, expect, it } from 'vitest'
import { InvariantError, UpstreamError } from '../../../shared/kernel/errors.ts'
import { WIN_PROBABILITY_INPUTS } from '../../../shared/recipe/inputs.ts'
import type { LoadScorer } from '../../../shared/registry/scorer.ts'
import { expectedReturns, loadRoiScorer } from '../../../shared/usecases/roi-scorer.ts'
import { modelVersion } from '../../support/models.ts'
import { flatHead, roiLoader, withRoiHead } from '../../support/roi-heads.ts'

const width = WIN_PROBABILITY_INPUTS.length

/** A loader of scorers that answer so, and whether each was freed. */
function answering(answer: () => Promise<Float32Array>): { load: LoadScorer; freed: () => number } {
  let freed = 0
  const release = async () => void freed++
  return { load: async () => ({ score: answer, release }), freed: () => freed }
}

describe('loadRoiScorer', () => {
  it('loads the head that a manifest says is served, and it answers', async () => {
    const scorer = await loadRoiScorer(roiLoader, await withRoiHead(await modelVersion()))
    if (scorer === undefined) throw new Error('no head')
    // Log-odds of 0 are even money, of which the price at its word expects nothing.
    const [expected] = await scorer.score(new Float32Array(width), 1)
    expect(expected).toBeCloseTo(0.07, 6)
  })

  it('loads none where none is served, or where nothing here runs one', async () => {
    const version = await modelVersion()
    expect(await loadRoiScorer(roiLoader, version)).toBeUndefined()
    expect(await loadRoiScorer(undefined, await withRoiHead(version))).toBeUndefined()
  })

  it.each([
    ['no number', [Number.NaN]],
    ['more than a win', [1.01]],
    ['less than the stake', [-1.01]],
    ['nothing', []],
  ])('refuses a head that expects %s of an even-money bet, and frees it', async (_, answer) => {
    const { load, freed } = answering(async () => Float32Array.from(answer))
    const loading = loadRoiScorer(load, await withRoiHead(await modelVersion()))
    await expect(loading).rejects.toMatchObject({ name: 'DomainError', code: 'corrupt_model' })
    expect(freed()).toBe(1)
  })

  it('refuses a head that does not run, and passes on what is no fault of it', async () => {
    const broken = answering(async () => Promise.reject(new UpstreamError('onnxruntime', 'no')))
    const version = await withRoiHead(await modelVersion())
    await expect(loadRoiScorer(broken.load, version)).rejects.toMatchObject({ code: 'corrupt_model' })
    expect(broken.freed()).toBe(1)
    const buggy = answering(async () => Promise.reject(new TypeError('a bug')))
    await expect(loadRoiScorer(buggy.load, version)).rejects.toThrow(TypeError)
    expect(buggy.freed()).toBe(1)
  })
})

describe('expectedReturns', () => {
  it('are what the head answers, bet by bet', async () => {
    const scorer = await roiLoader(
      (await withRoiHead(await modelVersion(), flatHead(-0.25))).roiOnnx ?? new Uint8Array(),
      width,
    )
    const values = new Float32Array(2 * width)
    values[width] = -Math.log(3)
    const expected = await expectedReturns(scorer, values, [2, 4])
    expect(expected[0]).toBeCloseTo(-0.25, 6)
    expect(expected[1]).toBeCloseTo(-0.25, 6)
  })

  it.each([
    [1, 1.2],
    [1, -1.5],
    [1, Number.NaN],
    [0, 0],
  ])('refuse what no bet returns', async (n, answer) => {
    const { load } = answering(async () => new Float32Array(n).fill(answer))
    const scorer = await load(new Uint8Array(), width)
    await expect(expectedReturns(scorer, new Float32Array(width), [2])).rejects.toThrow(InvariantError)
  })
})
