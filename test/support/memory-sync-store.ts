import type { BetStore } from '../../shared/usecases/ledger-ports.ts'
import type { BetBatch, StoredBet, SyncStore } from '../../shared/usecases/sync-store.ts'

/** A ledger in memory for writers that are not alone; a contract suite keeps it like the one in Supabase. */
export function memorySyncStore(bets: BetStore): SyncStore {
  const changeTimes = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()

  async function storedBets(): Promise<Map<string, StoredBet>> {
    const all = await bets.all()
    return new Map(
      all.map((bet) => {
        const changedAtUs = changeTimes.get(bet.id) ?? null
        return [bet.id, { bet, changedAtUs, version: JSON.stringify([bet, changedAtUs]) }]
      }),
    )
  }

  async function writeOne({ changes, seen, importId }: BetBatch): Promise<string[]> {
    const stored = await storedBets()
    const isAsRead = (id: string, version: string | null) => (stored.get(id)?.version ?? null) === version
    const written = changes.filter(({ bet, version }) => isAsRead(bet.id, version))
    const noted = seen.filter(({ id, version }) => isAsRead(id, version))
    const changed = written.map(({ bet }) => bet)
    if (changed.length > 0) await bets.save(changed, { importId })
    const times = [...written.map(({ bet, changedAtUs }) => ({ id: bet.id, changedAtUs })), ...noted]
    for (const { id, changedAtUs } of times) {
      if (changedAtUs !== null) changeTimes.set(id, Math.max(changedAtUs, changeTimes.get(id) ?? changedAtUs))
    }
    return times.map(({ id }) => id)
  }

  return {
    read: async (ids) => {
      const stored = await storedBets()
      const hasDemo = [...stored.values()].some(({ bet }) => bet.origin === 'demo')
      return { bets: [...new Set(ids)].flatMap((id) => stored.get(id) ?? []), hasDemo }
    },
    write: (batch) => {
      // One after the other, as rows that are locked make writers wait.
      const written = last.then(() => writeOne(batch))
      last = written.catch(() => [])
      return written
    },
    removeDemo: async () => {
      for (const bet of await bets.all()) if (bet.origin === 'demo') changeTimes.delete(bet.id)
      return bets.removeDemo()
    },
  }
}
