import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../shared/config/traffic.ts'
import { parseTrafficContext, trafficSchema } from '../../shared/config/traffic.ts'
import { DomainError } from '../../shared/kernel/errors.ts'
import { isSame, rollbackTarget } from '../../shared/traffic/drift.ts'
import { beginTraffic, giveCanary, promote, rollBack, withoutCanary } from '../../shared/traffic/moves.ts'
import { prunable } from '../../shared/traffic/versions.ts'
import { publishedVersion } from '../support/memory-lambda.ts'

type Step = (traffic: Traffic) => Traffic

const version = fc.integer({ min: 1, max: 5 }).map(String)
const weight = fc.oneof(fc.double({ min: -1, max: 2 }), fc.constantFrom(0, 0.5, Number.NaN))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ version, weight }).map((canary) => (traffic: Traffic) => giveCanary(traffic, canary)),
  fc.option(version, { nil: undefined }).map((named) => (traffic: Traffic) => promote(traffic, named)),
  fc.constant<Step>(rollBack),
  fc.constant<Step>(withoutCanary),
)

/** Where a sequence of moves leads; a move that is refused changes nothing. */
function after(start: string, steps: readonly Step[]): Traffic {
  return steps.reduce((traffic, move) => attempt(traffic, move), beginTraffic(start))
}

function attempt(traffic: Traffic, move: Step): Traffic {
  try {
    return move(traffic)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DomainError)
    return traffic
  }
}

const reached = fc.tuple(version, fc.array(step, { maxLength: 12 })).map(([start, steps]) => after(start, steps))

describe('any sequence of moves', () => {
  it('leads to traffic that the file and a deployment take as it is', () => {
    fc.assert(
      fc.property(reached, (traffic) => {
        expect(trafficSchema.parse(traffic)).toEqual(traffic)
        const { stable, canary, weight: share } = traffic
        const named = canary === null ? { canary: undefined, weight: undefined } : { canary, weight: String(share) }
        expect(isSame(parseTrafficContext({ stable, ...named }) ?? beginTraffic('99'), traffic)).toBe(true)
      }),
    )
  })

  it('changes nothing that was handed in', () => {
    fc.assert(
      fc.property(reached, step, (traffic, move) => {
        const before = structuredClone(traffic)
        attempt(traffic, move)
        expect(traffic).toEqual(before)
      }),
    )
  })

  it('is led back by a rollback from a promotion, to what was stable before', () => {
    fc.assert(
      fc.property(reached, fc.option(version, { nil: undefined }), (traffic, named) => {
        const promoted = attempt(traffic, (before) => promote(before, named))
        fc.pre(promoted !== traffic)
        expect(rollBack(promoted)).toEqual(beginTraffic(traffic.stable))
      }),
    )
  })

  it('is led back by a rollback from a canary, to where it was without one', () => {
    fc.assert(
      fc.property(reached, version, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (traffic, canary, share) => {
        const given = attempt(traffic, (before) => giveCanary(before, { version: canary, weight: share }))
        fc.pre(given !== traffic)
        expect(rollBack(given)).toEqual(withoutCanary(traffic))
      }),
    )
  })

  it('ends where a rollback has nothing left, after two steps at the most', () => {
    fc.assert(
      fc.property(reached, (traffic) => {
        const back = attempt(attempt(traffic, rollBack), rollBack)
        expect(() => rollBack(back)).toThrow(expect.objectContaining({ code: 'nothing_to_roll_back' }))
      }),
    )
  })
})

describe('a rollback between a file and an alias that differ', () => {
  it('never gives a canary traffic, and done again from where it was cut short it ends at the same', () => {
    fc.assert(
      fc.property(reached, reached, (filed, live) => {
        fc.pre(!isSame(filed, live))
        const target = rollbackTarget(filed, live)
        expect(target.canary).toBeNull()
        // The file is written first: AWS is still where it was.
        const again = isSame(target, live) ? target : rollbackTarget(target, live)
        expect(isSame(again, target)).toBe(true)
      }),
    )
  })
})

describe('pruning', () => {
  it('keeps the newest ten and what is in use, removes the rest, and finds nothing more the second time', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 })
    fc.assert(
      fc.property(numbers, fc.array(fc.integer({ min: 1, max: 60 })), (published, used) => {
        const versions = published.map((number) => publishedVersion(String(number)))
        const inUse = new Set(used.map(String))
        const removed = new Set(prunable(versions, inUse))
        const newest = published.toSorted((a, b) => b - a).slice(0, 10)
        for (const number of published) {
          expect(removed.has(String(number))).toBe(!newest.includes(number) && !used.includes(number))
        }
        const left = versions.filter(({ number }) => !removed.has(number))
        expect(prunable(left, inUse)).toEqual([])
      }),
    )
  })
})
