import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { beginTraffic, giveCanary, inWords, promote, rollBack, withoutCanary } from '../../../shared/traffic/moves.ts'

const ALONE: Traffic = { stable: '7', canary: null, weight: 0, previous: '6' }
const SPLIT: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }

const code = (work: () => unknown) => {
  try {
    work()
  } catch (thrown) {
    return (thrown as { code: string }).code
  }
  return undefined
}

describe('traffic that begins', () => {
  it('goes to the first version alone, with nothing to go back to', () => {
    expect(beginTraffic('3')).toEqual({ stable: '3', canary: null, weight: 0, previous: null })
  })

  it.each(['0', '07', '$LATEST', 'live', '', '-1', '1.5'])('refuses %j, which is no published version', (version) => {
    expect(code(() => beginTraffic(version))).toBe('version_invalid')
  })
})

describe('a canary', () => {
  it('gets its share beside the stable version, and the way back stays', () => {
    expect(giveCanary(ALONE, { version: '8', weight: 0.1 })).toEqual(SPLIT)
  })

  it('gets another share', () => {
    expect(giveCanary(SPLIT, { version: '8', weight: 0.5 })).toEqual({ ...SPLIT, weight: 0.5 })
  })

  it('may be an older version than the stable one', () => {
    expect(giveCanary(ALONE, { version: '2', weight: 0.2 })).toMatchObject({ stable: '7', canary: '2' })
  })

  it('is another version than the stable one', () => {
    expect(code(() => giveCanary(ALONE, { version: '7', weight: 0.1 }))).toBe('canary_is_stable')
  })

  it('does not make a third version beside the one that there is', () => {
    expect(code(() => giveCanary(SPLIT, { version: '9', weight: 0.1 }))).toBe('canary_underway')
  })

  it.each([0, -0.1, 0.5000001, 1, Number.NaN, Number.POSITIVE_INFINITY])('gets no share of %d', (weight) => {
    expect(code(() => giveCanary(ALONE, { version: '8', weight }))).toBe('weight_out_of_range')
  })

  it.each([Number.MIN_VALUE, 0.5])('may get a share of %d', (weight) => {
    expect(giveCanary(ALONE, { version: '8', weight }).weight).toBe(weight)
  })
})

describe('a promotion', () => {
  it('makes the canary stable and keeps what was stable as the way back', () => {
    expect(promote(SPLIT)).toEqual({ stable: '8', canary: null, weight: 0, previous: '7' })
  })

  it('takes a version in one step where there is no canary', () => {
    expect(promote(ALONE, '9')).toEqual({ stable: '9', canary: null, weight: 0, previous: '7' })
  })

  it('takes the canary by its number too', () => {
    expect(promote(SPLIT, '8')).toEqual(promote(SPLIT))
  })

  it('needs a canary or a number', () => {
    expect(code(() => promote(ALONE))).toBe('no_canary')
  })

  it('does not pass over a canary for a third version', () => {
    expect(code(() => promote(SPLIT, '9'))).toBe('canary_underway')
  })

  it('is refused to what is stable already', () => {
    expect(code(() => promote(ALONE, '7'))).toBe('already_stable')
    expect(code(() => promote(SPLIT, '7'))).toBe('already_stable')
  })
})

describe('a rollback', () => {
  it('takes the canary away first', () => {
    expect(rollBack(SPLIT)).toEqual(ALONE)
  })

  it('goes to what was stable before where there is no canary, and not back to what it left', () => {
    expect(rollBack(ALONE)).toEqual({ stable: '6', canary: null, weight: 0, previous: null })
  })

  it('is refused where nothing is known of the past', () => {
    expect(code(() => rollBack(beginTraffic('7')))).toBe('nothing_to_roll_back')
  })
})

describe('the guard', () => {
  it('takes the canary away, and leaves traffic without one as it is', () => {
    expect(withoutCanary(SPLIT)).toEqual(ALONE)
    expect(withoutCanary(ALONE)).toEqual(ALONE)
  })
})

describe('traffic in words', () => {
  it('names one version, or two with the share of the second', () => {
    expect(inWords(ALONE)).toBe('7')
    expect(inWords(SPLIT)).toBe('7, and 8 for 10 %')
    expect(inWords({ ...SPLIT, weight: 0.07 })).toBe('7, and 8 for 7 %')
  })
})
