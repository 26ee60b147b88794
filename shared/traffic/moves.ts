import type { Traffic } from '../config/traffic.ts'
import { LARGEST_WEIGHT } from '../config/traffic.ts'
import { DomainError } from '../kernel/errors.ts'

/** Who answers, without the memory of who did before: what AWS knows of an alias. */
export type Answering = Pick<Traffic, 'stable' | 'canary' | 'weight'>

/**
 * What an operator does to the traffic of a function. Every move takes traffic as `trafficSchema` allows it and gives
 * such traffic back: two versions at the most, a canary that is another version than stable, a weight up to one half.
 */

const VERSION_NUMBER = /^[1-9][0-9]*$/

/** Traffic of a function that answers for the first time: all of it to the version published first. */
export function beginTraffic(version: string): Traffic {
  return { stable: numbered(version), canary: null, weight: 0, previous: null }
}

/**
 * Gives a share of the requests to a canary, or another share to the one that there is.
 *
 * @param weight  share of the requests, in (0, 0.5]
 * @throws {DomainError} `version_invalid`, `canary_is_stable`, `canary_underway` where another version is canary,
 *   `weight_out_of_range` (NaN included)
 */
export function giveCanary(traffic: Traffic, { version, weight }: { version: string; weight: number }): Traffic {
  const canary = numbered(version)
  if (canary === traffic.stable) {
    throw new DomainError('canary_is_stable', `version ${canary} answers already: a canary is another version`)
  }
  assertNoOther(traffic, canary)
  if (!(weight > 0 && weight <= LARGEST_WEIGHT)) {
    const advice = weight > LARGEST_WEIGHT ? ': to give it more, promote it' : ''
    throw new DomainError(
      'weight_out_of_range',
      `a canary gets above 0 and up to ${LARGEST_WEIGHT}, not ${weight}${advice}`,
    )
  }
  return { ...traffic, canary, weight }
}

/**
 * Makes the canary stable, or, where there is none, a version that is named: blue/green in one step. What was stable is
 * kept as the way back.
 *
 * @throws {DomainError} `no_canary` where nothing is named and there is none, `canary_underway` where another version is
 *   canary, `already_stable`, `version_invalid`
 */
export function promote(traffic: Traffic, version: string | undefined = traffic.canary ?? undefined): Traffic {
  if (version === undefined) {
    throw new DomainError('no_canary', 'there is no canary to promote: closeline promote --version N takes one at once')
  }
  const stable = numbered(version)
  if (stable === traffic.stable) throw new DomainError('already_stable', `version ${stable} is stable already`)
  assertNoOther(traffic, stable)
  return { stable, canary: null, weight: 0, previous: traffic.stable }
}

/**
 * One step back: the canary is taken away where there is one, else what was stable before is stable again. A version that
 * was left in this way is not gone back to.
 *
 * @throws {DomainError} `nothing_to_roll_back`
 */
export function rollBack(traffic: Traffic): Traffic {
  if (traffic.canary !== null) return withoutCanary(traffic)
  if (traffic.previous === null) {
    throw new DomainError(
      'nothing_to_roll_back',
      `version ${traffic.stable} has no canary, and nothing is known of what was stable before: closeline promote --version N goes to one by its number`,
    )
  }
  return beginTraffic(traffic.previous)
}

/** The canary's share back to stable, whether or not there is a canary: what the guard does. */
export function withoutCanary(traffic: Traffic): Traffic {
  return { ...traffic, canary: null, weight: 0 }
}

function assertNoOther({ canary }: Traffic, version: string): void {
  if (canary === null || canary === version) return
  throw new DomainError(
    'canary_underway',
    `version ${canary} is canary, and only two versions may answer: promote it or roll it back first`,
  )
}

function numbered(version: string): string {
  if (VERSION_NUMBER.test(version)) return version
  throw new DomainError('version_invalid', `${version} is no published version: they are numbers from 1`)
}

/** The traffic in a few words. @example `7, and 8 for 10 %` */
export function inWords({ stable, canary, weight }: Answering): string {
  return canary === null ? stable : `${stable}, and ${canary} for ${percent(weight)}`
}

function percent(weight: number): string {
  return `${Number((weight * 100).toFixed(4))} %`
}
