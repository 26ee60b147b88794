import type { Clock } from '../../shared/kernel/ports.ts'
import type { DatabaseSight } from './health-routes.ts'

/** What requests have lately found of the database; nothing is asked only to know. */
export function createDatabaseWatch(clock: Clock) {
  let sight: DatabaseSight | undefined
  return {
    seen: () => sight,
    note(isReachable: boolean): void {
      sight = { isReachable, atMs: clock() }
    },
  }
}
