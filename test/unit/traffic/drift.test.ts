import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import { assertNoDrift, isSame, rollbackTarget, settling } from '../../../shared/traffic/drift.ts'

const traffic = (
  stable: string,
  canary: string | null = null,
  weight = 0,
  previous: string | null = null,
): Traffic => ({
  ...{ stable, canary, weight, previous },
})

describe('traffic of file and AWS', () => {
  it('is the same where versions and shares are, whatever was before', () => {
    expect(isSame(traffic('7', '8', 0.1, '6'), traffic('7', '8', 0.1))).toBe(true)
  })

  it.each([traffic('8', '7', 0.1), traffic('7'), traffic('7', '9', 0.1), traffic('7', '8', 0.2)])(
    'differs from %j',
    (other) => expect(isSame(traffic('7', '8', 0.1), other)).toBe(false),
  )
})

describe('a rollback', () => {
  const cases: [what: string, filed: Traffic, live: Traffic, target: Traffic][] = [
    ['takes a canary away', traffic('7', '8', 0.1, '6'), traffic('7', '8', 0.1), traffic('7', null, 0, '6')],
    ['goes back from a promotion', traffic('8', null, 0, '7'), traffic('8'), traffic('7')],
    ['follows the guard', traffic('7', '8', 0.1, '6'), traffic('7'), traffic('7', null, 0, '6')],
    [
      'undoes a canary cut short before the file',
      traffic('7', null, 0, '6'),
      traffic('7', '8', 0.1),
      traffic('7', null, 0, '6'),
    ],
    [
      'undoes a promotion cut short before the file',
      traffic('7', '8', 0.5, '6'),
      traffic('8'),
      traffic('7', null, 0, '6'),
    ],
    [
      'finishes one cut short that took a canary away',
      traffic('7', null, 0, '6'),
      traffic('7', '8', 0.5),
      traffic('7', null, 0, '6'),
    ],
    ['finishes one cut short that went back', traffic('7'), traffic('8'), traffic('7')],
    [
      'takes what was set by hand back to the file',
      traffic('7', null, 0, '6'),
      traffic('3', '4', 0.9),
      traffic('7', null, 0, '6'),
    ],
  ]
  it.each(cases)('%s', (_, filed, live, target) => expect(rollbackTarget(filed, live)).toEqual(target))
})

describe('a move that gives a version more traffic', () => {
  const filed = traffic('7', '8', 0.1)

  it('begins where file and AWS agree', () => {
    expect(assertNoDrift(filed, traffic('7', '8', 0.1), traffic('8'))).toBeUndefined()
  })

  it('is finished where AWS is at its end already', () => {
    expect(assertNoDrift(filed, traffic('8'), traffic('8', null, 0, '7'))).toBeUndefined()
  })

  it('is refused anywhere else, saying what differs and what settles it', () => {
    expect(() => assertNoDrift(filed, traffic('7'), traffic('8'))).toThrow(
      'AWS sends requests to 7; traffic.json says 7, and 8 for 10 %; closeline rollback makes it 7 in both',
    )
  })
})

describe('a drift', () => {
  it.each([
    [traffic('7'), traffic('7', '8', 0.2), 'closeline canary --version 8 --weight 0.2 keeps what AWS has'],
    [traffic('7', '8', 0.1), traffic('7', '8', 0.5), 'closeline canary --version 8 --weight 0.5 keeps what AWS has'],
    [traffic('7', '8', 0.1), traffic('8'), 'closeline promote --version 8 keeps what AWS has'],
    [traffic('7'), traffic('9'), 'closeline promote --version 9 keeps what AWS has'],
  ])('of %j from %j is settled by taking over what AWS has in one move', (filed, live, how) => {
    expect(settling(filed, live)).toEqual(['closeline rollback makes it 7 in both', how])
  })

  it.each([
    [traffic('7'), traffic('9', '8', 0.2)],
    [traffic('7', '8', 0.1), traffic('7', '9', 0.1)],
    [traffic('7', '8', 0.1), traffic('9')],
    [traffic('7'), traffic('7', '8', 0.9)],
    [traffic('7', '8', 0.1), traffic('7')],
  ])('of %j from %j is settled by a rollback alone', (filed, live) => {
    expect(settling(filed, live)).toEqual(['closeline rollback makes it 7 in both'])
  })
})
