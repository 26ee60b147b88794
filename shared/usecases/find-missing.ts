import { DomainError, UpstreamError } from '../kernel/errors.ts'
import type { Sleep } from '../kernel/ports.ts'
import type { LakeState } from '../lake/state.ts'
import type { LakeStore, StagedVersion } from './lake-ports.ts'
import { withRetries } from './retry.ts'
import type { ChangeSource } from './sync-ports.ts'

/** Deletions that a reconcile believes without being told how many to expect. */
const BELIEVED = { bets: 20, share: 0.05 }

/**
 * Bets that the lake has and the source has not, as deletions.
 *
 * An answer that is empty or cut short never means "everything was deleted": the ids read must be as many as the source
 * counts, before and after, and more missing ones than a twentieth of the lake (and more than 20) are believed only
 * when the caller allows as many.
 *
 * @param allowed  missing bets that the caller expects at most; undefined for the cautious default
 * @throws {UpstreamError} where the ids do not add up
 * @throws {DomainError} `source_empty`, `too_many_missing`
 */
export async function findMissing(
  deps: { source: ChangeSource; lake: LakeStore; sleep: Sleep },
  state: LakeState,
  allowed: number | undefined,
): Promise<StagedVersion[]> {
  const there = await readAllIds(deps)
  const missing: StagedVersion[] = []
  let known = 0
  for await (const page of deps.lake.readKeys(state.keys)) {
    known += page.length
    for (const { id, updatedAtUs } of page) {
      // One microsecond after its last version: a bet that comes back later is newer than its own deletion.
      if (!there.has(id)) missing.push({ id, updatedAtUs: updatedAtUs + 1, record: null, bet: null })
    }
  }
  if (there.size === 0 && known > 0) {
    const message = `${deps.source.name} holds no bet, the lake ${known}: nothing is taken for deleted`
    throw new DomainError('source_empty', message)
  }
  const believed = allowed ?? Math.max(BELIEVED.bets, Math.floor(known * BELIEVED.share))
  if (missing.length <= believed) return missing
  throw new DomainError(
    'too_many_missing',
    `${missing.length} of ${known} bets are not in ${deps.source.name} any more, and ${believed} would be believed: ` +
      `if that is right, allow ${missing.length} deletions`,
  )
}

async function readAllIds({ source, sleep }: { source: ChangeSource; sleep: Sleep }): Promise<Set<string>> {
  const all = { after: null, sinceMs: null, sport: null }
  const count = () =>
    withRetries(
      sleep,
      () => source.count(all),
      () => {},
    )
  const before = await count()
  const ids = new Set<string>()
  for (let last: string | null = null; ; ) {
    const after: string | null = last
    const page: string[] = await withRetries(
      sleep,
      () => source.ids(after),
      () => {},
    )
    if (page.length === 0) break
    for (const id of page) ids.add(id)
    last = page.at(-1) ?? null
    if (last === after) throw new UpstreamError(source.name, `its ids make no progress after ${after}`)
  }
  const after = await count()
  // Bets may come and go meanwhile; fewer ids than at either end were cut short.
  if (ids.size < Math.min(before, after)) {
    throw new UpstreamError(
      source.name,
      `${ids.size} ids were read of ${Math.min(before, after)}: the answer was cut short`,
    )
  }
  return ids
}
