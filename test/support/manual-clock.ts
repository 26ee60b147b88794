import type { Clock } from '../../shared/kernel/ports.ts'

/** A clock that stands still until it is moved. */
export function manualClock(startMs: number): Clock & { advance(ms: number): void } {
  let nowMs = startMs
  return Object.assign(() => nowMs, {
    advance: (ms: number) => {
      nowMs += ms
    },
  })
}
