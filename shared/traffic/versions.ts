import type { Traffic } from '../config/traffic.ts'
import { DomainError } from '../kernel/errors.ts'

/** A published version of a function: it never changes. */
export interface PublishedVersion {
  /** From 1. */
  number: string
  publishedAt: string
  /** ARN of its execution role. */
  role: string
  /** ARN of its dead-letter queue; null where it has none. */
  deadLetterTarget: string | null
  /** The model that it is pinned to; null where it follows the registry's champion. */
  modelVersion: string | null
  modelSha256: string | null
}

/** Versions in order of their numbers, the newest first. */
export function newestFirst(versions: readonly PublishedVersion[]): PublishedVersion[] {
  return [...versions].sort((a, b) => Number(b.number) - Number(a.number))
}

/** @throws {DomainError} `no_such_version` */
export function versionNumbered(versions: readonly PublishedVersion[], number: string): PublishedVersion {
  const found = versions.find((version) => version.number === number)
  if (found !== undefined) return found
  const [newest] = newestFirst(versions)
  const known = newest === undefined ? 'nothing has been published' : `the newest is ${newest.number}`
  throw new DomainError('no_such_version', `there is no version ${number}: ${known}`)
}

/**
 * The version that a new canary is, where nobody names one: the newest, unless it answers already.
 *
 * @throws {DomainError} `no_candidate`
 */
export function candidateOf(versions: readonly PublishedVersion[], traffic: Traffic): PublishedVersion {
  const [newest] = newestFirst(versions)
  if (newest !== undefined && newest.number !== traffic.stable) return newest
  throw new DomainError(
    'no_candidate',
    `version ${traffic.stable} is stable, and nothing newer has been published: closeline deploy publishes, --version names an older one`,
  )
}

/**
 * Lambda splits an alias between versions of one execution role and one dead-letter queue only; it is told here before
 * CloudFormation finds out.
 *
 * @throws {DomainError} `roles_differ`, `dead_letters_differ`
 * @see AWS, "Implement Lambda canary deployments using a weighted alias", Lambda developer guide
 */
export function assertSplittable(stable: PublishedVersion, canary: PublishedVersion): void {
  const both = `versions ${stable.number} and ${canary.number}`
  if (stable.role !== canary.role) {
    throw new DomainError(
      'roles_differ',
      `${both} have other execution roles (${stable.role}, ${canary.role}), so Lambda does not split requests between them: closeline promote --version ${canary.number} goes over in one step`,
    )
  }
  if (stable.deadLetterTarget !== canary.deadLetterTarget) {
    throw new DomainError(
      'dead_letters_differ',
      `${both} have other dead-letter queues, so Lambda does not split requests between them: closeline promote --version ${canary.number} goes over in one step`,
    )
  }
}

/** So many of the newest versions stay, whoever needs them. */
export const KEPT_VERSIONS = 10

/**
 * Numbers of the versions that nothing needs, the oldest first: not among the newest ten, not behind any alias, not in the
 * file as stable, canary or the way back.
 *
 * @param inUse  numbers that aliases and files name
 */
export function prunable(versions: readonly PublishedVersion[], inUse: ReadonlySet<string>): string[] {
  return newestFirst(versions)
    .slice(KEPT_VERSIONS)
    .map(({ number }) => number)
    .filter((number) => !inUse.has(number))
    .reverse()
}
