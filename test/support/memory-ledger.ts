import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { keyRejections } from '../../shared/quality/quarantine.ts'
import type { BetStore, ImportReport, ImportStore } from '../../shared/usecases/ledger-ports.ts'

/** A ledger in memory; a contract suite keeps it like the one in Supabase. */
export function memoryBetStore(start: readonly Bet[] = []): BetStore {
  const bets = new Map(start.map((bet) => [bet.id, bet]))
  return {
    all: async () => [...bets.values()].sort(byPlacement),
    save: async (saved, onSaved) => {
      for (const bet of saved) bets.set(bet.id, { ...bet })
      if (saved.length > 0) onSaved?.(saved.length)
    },
    fingerprint: async () => JSON.stringify([...bets.values()].sort(byPlacement)),
    removeDemo: async () => {
      const demo = [...bets.values()].filter((bet) => bet.origin === 'demo')
      for (const { id } of demo) bets.delete(id)
      return demo.length
    },
  }
}

/** Records of imports in memory. */
export function memoryImportStore(): ImportStore & { reports: ImportReport[] } {
  const reports: ImportReport[] = []
  const quarantine = new Set<string>()
  return {
    reports,
    record: async (report, rejections) => {
      reports.push(report)
      for (const { key } of keyRejections(report.format, rejections)) quarantine.add(key)
    },
    countQuarantined: async () => quarantine.size,
  }
}
