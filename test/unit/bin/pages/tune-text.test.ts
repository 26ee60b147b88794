import { describe, expect, it } from 'vitest'
import { studiesText, tuneText } from '../../../../bin/pages/tune-text.ts'
import { failed } from '../../tuning/trials.ts'
import { report, STUDY, scoredTrial, TRIALS } from './tuned-studies.ts'

describe('tuneText', () => {
  it('tells what was searched on, and how many trials came to what', () => {
    const text = tuneText(report())
    expect(text).toContain('Study log-loss-1234')
    expect(text).toContain(
      'log loss over 2 walk-forward folds inside the first 60 % of 21,350 bets; the last 40 %, on which evaluate tests, is untouched.',
    )
    expect(text).toContain('  7 trials: 4 complete, 2 pruned, 1 failed')
    expect(text).toContain('failed 1: it is no good')
  })

  it('puts the best settings beside those in use, with where was searched', () => {
    const lines = tuneText(report()).split('\n')
    expect(lines.find((line) => line.startsWith('  x '))?.split(/\s{2,}/)).toEqual(['', 'x', '0.9', '0.1235', '0 to 1'])
    expect(lines.find((line) => line.startsWith('  n '))?.split(/\s{2,}/)).toEqual(['', 'n', '5', '4', '1 to 5'])
  })

  it('puts the scores of both on the same folds side by side', () => {
    const lines = tuneText(report()).split('\n')
    const cells = (name: string) =>
      lines
        .findLast((line) => line.startsWith(`  ${name} `))
        ?.trim()
        .split(/\s{2,}/)
    expect(cells('mean over folds')).toEqual(['mean over folds', 'log loss', 'Brier score', 'AUC'])
    expect(cells('in use')).toEqual(['in use', '0.62000', '0.20000', '0.60000'])
    expect(cells('trial 4')).toEqual(['trial 4', '0.61230', '0.20000', '0.60000'])
  })

  it('says that the lead of the best of many is partly luck', () => {
    expect(tuneText(report())).toContain('Trial 4 is 0.00770 below the settings in use on the folds')
    expect(tuneText(report())).toContain('only bets that the search has not seen tell')
  })

  it('says where nothing beat the settings in use, and where nothing is known', () => {
    expect(tuneText(report([scoredTrial(0, 0.5), scoredTrial(1, 0.6)]))).toContain(
      'None of 2 trials beat the settings in use.',
    )
    expect(tuneText(report([failed(0)]))).toContain('No trial is complete.')
    expect(tuneText(report([]))).toContain('no trial yet')
  })

  it('claims no lead over settings in use that could not be scored', () => {
    const text = tuneText(report([failed(0), scoredTrial(1, 0.6)]))
    expect(text).toMatch(/in use +- /)
    expect(text).not.toContain('below the settings in use')
  })
})

describe('studiesText', () => {
  it('has a line for every study', () => {
    const lines = studiesText([{ study: { ...STUDY, budget: { trials: 9, seconds: null } }, trials: TRIALS }]).split(
      '\n',
    )
    expect(lines).toHaveLength(2)
    expect(lines[1]?.split(/\s{2,}/)).toEqual([
      'log-loss-1234',
      '2026-03-01 12:00',
      'log loss',
      '7 of 9',
      '0.62000',
      '0.61230',
      '4 complete, 2 pruned, 1 failed',
    ])
  })

  it('says what to do where there is none', () => {
    expect(studiesText([])).toBe('Nothing has been searched yet: closeline tune')
  })
})
