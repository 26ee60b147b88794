/** `current`: what is served is known to be the newest there is. `memory`: nobody could make sure of that lately. */
export const SERVED_FROM = ['current', 'memory'] as const
export type ServedFrom = (typeof SERVED_FROM)[number]

/** Looks are due every minute: when five have not come, nobody has asked for long, or something is wrong. */
export const CURRENT_FOR_MS = 5 * 60_000

/** How the looks for something newer have gone. */
interface Looks {
  /** Why the newest is not what is served; undefined where it is. */
  problem(): string | undefined
  /** When the last look began that found all as it should be; undefined before it. */
  confirmedAtMs(): number | undefined
}

/** Whether what is served from memory is known to be the newest. */
export function servedFrom(looks: Looks, nowMs: number): ServedFrom {
  const confirmedAtMs = looks.confirmedAtMs()
  if (confirmedAtMs === undefined || looks.problem() !== undefined) return 'memory'
  return nowMs - confirmedAtMs <= CURRENT_FOR_MS ? 'current' : 'memory'
}
