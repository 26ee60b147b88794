import { describe, expect, it } from 'vitest'
import { assertBudget, studyFingerprint, studySchema } from '../../../shared/tuning/study.ts'
import { settings, study } from './trials.ts'

describe('studyFingerprint', () => {
  it('is the same for equal settings, in whatever order their keys stand', async () => {
    const turned = settings({ subject: { folds: 4, data: 'a'.repeat(64) }, firstTrials: [{ n: 5, x: 0.9 }] })
    expect(await studyFingerprint(turned)).toBe(await studyFingerprint(settings()))
  })

  it('differs with everything that decides what trials are made and what they score', async () => {
    const { space, pruner } = settings()
    const others = [
      settings({ objective: 'loss' }),
      settings({ subject: { data: 'b'.repeat(64), folds: 4 } }),
      settings({ subject: { data: 'a'.repeat(64), folds: 5 } }),
      settings({ space: [...space].reverse() }),
      settings({ space: space.map((d) => (d.name === 'x' ? { ...d, high: 2 } : d)) as typeof space }),
      settings({ firstTrials: [] }),
      settings({ firstTrials: [{ x: 0.8, n: 5 }] }),
      settings({ pruner: { ...pruner, warmupSteps: 1 } }),
      settings({ pruner: { ...pruner, judges: 'best' } }),
      settings({ seed: 8 }),
    ]
    const fingerprints = await Promise.all([settings(), ...others].map(studyFingerprint))
    expect(new Set(fingerprints).size).toBe(others.length + 1)
  })

  it('refuses a space that cannot be drawn from and first trials outside it', async () => {
    await expect(studyFingerprint(settings({ space: [] }))).rejects.toMatchObject({ code: 'search_space_invalid' })
    await expect(studyFingerprint(settings({ firstTrials: [{ x: 2, n: 1 }] }))).rejects.toMatchObject({
      code: 'params_outside_space',
    })
  })
})

describe('assertBudget', () => {
  it.each([0, 1.5, Number.NaN, 100_001])('refuses %d trials', (trials) => {
    expect(() => assertBudget({ trials, seconds: null })).toThrow(expect.objectContaining({ code: 'budget_invalid' }))
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d seconds', (seconds) => {
    expect(() => assertBudget({ trials: 1, seconds })).toThrow(expect.objectContaining({ code: 'budget_invalid' }))
  })

  it('takes trials without an end of time', () => {
    expect(() => assertBudget({ trials: 1, seconds: null })).not.toThrow()
  })
})

describe('studySchema', () => {
  it.each(['', 'Up', '-a', 'a-', '../a', 'a/b', 'a'.repeat(65)])('takes no id %j', (id) => {
    expect(studySchema.safeParse(study({ id })).success).toBe(false)
  })
})
