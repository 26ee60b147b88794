import type { Bet } from '../../shared/bets/bet.ts'
import type { BetStore } from '../../shared/usecases/ledger-ports.ts'
import type { MemoryChangeSource } from './memory-change-source.ts'
import { memoryChangeSource } from './memory-change-source.ts'
import { memoryBetStore } from './memory-ledger.ts'

/** A table of bets as the ledger's users and the pipeline see it: each change is told with a time of its own. */
export function memoryBetTable(start: readonly Bet[], beginUs: number): { bets: BetStore; source: MemoryChangeSource } {
  let nowUs = beginUs
  const store = memoryBetStore(start, () => Math.floor(nowUs / 1000))
  const source = memoryChangeSource()
  source.save(start, nowUs)
  const bets: BetStore = {
    ...store,
    async save(bets, context) {
      nowUs++
      await store.save(bets, context)
      const ids = new Set(bets.map(({ id }) => id))
      const stored = await store.all()
      source.save(
        stored.filter(({ id }) => ids.has(id)),
        nowUs,
      )
    },
    async removeDemo() {
      const demo = (await store.all()).filter(({ origin }) => origin === 'demo')
      const ids = demo.map(({ id }) => id)
      source.remove(ids, ++nowUs)
      return store.removeDemo()
    },
  }
  return { bets, source }
}
