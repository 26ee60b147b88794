import type { Sleep } from '../../shared/kernel/ports.ts'

/** Waiting that ends when a test says so; waits of no length end at once. */
export function heldSleep(): Sleep & { waits: number[]; end(): Promise<void> } {
  const waits: number[] = []
  const sleepers: (() => void)[] = []
  const sleep: Sleep = (ms) => {
    if (ms === 0) return Promise.resolve()
    waits.push(ms)
    return new Promise((resolve) => sleepers.push(resolve))
  }
  return Object.assign(sleep, {
    waits,
    /** Ends all waits that have begun, and lets what follows from that happen. */
    async end() {
      for (const wake of sleepers.splice(0)) wake()
      await settled()
    },
  })
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
