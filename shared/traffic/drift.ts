import type { Traffic } from '../config/traffic.ts'
import { LARGEST_WEIGHT } from '../config/traffic.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Answering } from './moves.ts'
import { inWords, rollBack, withoutCanary } from './moves.ts'

/** Whether the same versions answer with the same shares. */
export function isSame(a: Answering, b: Answering): boolean {
  return a.stable === b.stable && a.canary === b.canary && a.weight === b.weight
}

/**
 * Where a rollback leads. Where file and AWS agree, one step back. Where they do not, to what the file says, without a
 * canary: a daring move is written down after it is done and a careful one before, so that whichever command was cut
 * short, and also after the guard has acted, the file's stable version is the one that was last known to be good.
 *
 * @throws {DomainError} `nothing_to_roll_back`
 */
export function rollbackTarget(filed: Traffic, live: Answering): Traffic {
  return isSame(filed, live) ? rollBack(filed) : withoutCanary(filed)
}

/**
 * A move that gives a version more traffic must know what it starts from: file and AWS agree, or AWS is where the move
 * leads already, so that only the file is behind.
 *
 * @throws {DomainError} `traffic_drift`
 */
export function assertNoDrift(filed: Traffic, live: Answering, target: Traffic): void {
  if (isSame(filed, live) || isSame(target, live)) return
  throw new DomainError('traffic_drift', `${driftInWords(filed, live)}; ${settling(filed, live).join(', ')}`)
}

/** That file and AWS differ, in words. */
export function driftInWords(filed: Traffic, live: Answering): string {
  return `AWS sends requests to ${inWords(live)}; traffic.json says ${inWords(filed)}`
}

/** The commands that make file and AWS agree, each with what it makes of both. */
export function settling(filed: Traffic, live: Answering): string[] {
  const back = `closeline rollback makes it ${inWords(withoutCanary(filed))} in both`
  const keep = keeping(filed, live)
  return keep === undefined ? [back] : [back, `${keep} keeps what AWS has`]
}

/** The move from the file's state to that of AWS, where one move is enough. */
function keeping(filed: Traffic, live: Answering): string | undefined {
  const { stable, canary, weight } = live
  if (canary !== null) {
    const isOneMove =
      stable === filed.stable && (filed.canary === null || filed.canary === canary) && weight <= LARGEST_WEIGHT
    return isOneMove ? `closeline canary --version ${canary} --weight ${weight}` : undefined
  }
  const isPromotion = stable !== filed.stable && (filed.canary === null || filed.canary === stable)
  return isPromotion ? `closeline promote --version ${stable}` : undefined
}
