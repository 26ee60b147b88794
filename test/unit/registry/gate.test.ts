import { describe, expect, it } from 'vitest'
import { judge } from '../../../shared/registry/gate.ts'
import { scoreboard } from '../../support/models.ts'

describe('judge', () => {
  it('lets a model serve that beats both baselines, and says on how many bets', () => {
    const { verdict, reason } = judge(scoreboard(0.58, 0.6, 0.59))
    expect(verdict).toBe('beats_both_baselines')
    expect(reason).toContain('log loss 0.5800 on 100 untouched bets is below both baselines')
    expect(reason).toContain('is not proven (95 % -0.02000 to 0.02000)')
  })

  it.each([
    ['the implied probability only', [0.595, 0.59, 0.6], /not below the implied probability \(0\.5900\)$/],
    ['the recalibrated price only', [0.595, 0.6, 0.59], /not below the recalibrated implied probability \(0\.5900\)$/],
    [
      'both',
      [0.61, 0.6, 0.59],
      /the implied probability \(0\.6000\) or the recalibrated implied probability \(0\.5900\)$/,
    ],
    ['neither, but equals one', [0.59, 0.6, 0.59], /not below the recalibrated/],
    ['nothing, for its loss is no number', [Number.NaN, 0.6, 0.59], /log loss NaN .* not below the implied/],
  ] as const)('does not let a model serve that loses to %s', (_, losses, sentence) => {
    const { verdict, reason } = judge(scoreboard(...losses))
    expect(verdict).toBe('not_proven')
    expect(reason).toMatch(sentence)
  })
})
