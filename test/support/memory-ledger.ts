import { createHash } from 'node:crypto'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { showingNul } from '../../shared/bets/formats/nul.ts'
import { isSettled } from '../../shared/bets/settlement.ts'
import type { Clock } from '../../shared/kernel/ports.ts'
import type { QuarantinedRow, Resolution } from '../../shared/quality/quarantine.ts'
import { keyRefusals } from '../../shared/quality/quarantine.ts'
import type {
  BetStore,
  ImportReport,
  ImportStore,
  QuarantineFilter,
  QuarantineStore,
} from '../../shared/usecases/ledger-ports.ts'
import { LEDGER_START_MS } from './bets.ts'

/** A ledger in memory that also tells which import brought each bet. */
export interface MemoryBetStore extends BetStore {
  importOf(betId: string): string | null | undefined
}

/** When a ledger in memory is told its results, where nobody gives it a clock: after most of the tests' bets. */
export const TOLD_AT_MS = LEDGER_START_MS + 30 * 86_400_000

/** A ledger in memory; a contract suite keeps it like the one in Supabase. */
export function memoryBetStore(start: readonly Bet[] = [], clock: Clock = () => TOLD_AT_MS): MemoryBetStore {
  const bets = new Map(start.map((bet) => [bet.id, bet]))
  const importIds = new Map<string, string | null>(start.map((bet) => [bet.id, null]))
  return {
    all: async () => [...bets.values()].sort(byPlacement),
    save: async (saved, { importId, onSaved }) => {
      for (const bet of saved) {
        const before = bets.get(bet.id)
        bets.set(bet.id, before === undefined ? { ...bet } : notingResult(before, bet, clock()))
        importIds.set(bet.id, importId)
      }
      if (saved.length > 0) onSaved?.(saved.length)
    },
    fingerprint: async () => JSON.stringify([...bets.values()].sort(byPlacement)),
    removeDemo: async () => {
      const demo = [...bets.values()].filter((bet) => bet.origin === 'demo')
      for (const { id } of demo) bets.delete(id)
      return demo.length
    },
    importOf: (betId) => importIds.get(betId),
  }
}

/** What becomes of a bet by an update, as the table's trigger has it: the writer does not say when a result was told. */
function notingResult(before: Bet, after: Bet, nowMs: number): Bet {
  const toldAtMs = isSettled(after.state) ? nowMs : null
  const resultKnownAtMs = after.state === before.state ? before.resultKnownAtMs : toldAtMs
  return { ...after, resultKnownAtMs: resultKnownAtMs === null ? null : Math.max(resultKnownAtMs, after.placedAtMs) }
}

/** Records of imports in memory. */
export function memoryImportStore(): ImportStore & { reports: readonly ImportReport[] } {
  const reports: ImportReport[] = []
  const newestFirst = () => [...reports].sort((a, b) => b.startedAtMs - a.startedAtMs)
  return {
    reports,
    begin: async (report) => {
      reports.push(report)
    },
    finish: async (id, finishedAtMs) => {
      const at = reports.findIndex((report) => report.id === id)
      const report = reports[at]
      if (report !== undefined) reports[at] = { ...report, finishedAtMs }
    },
    list: async (limit) => newestFirst().slice(0, limit),
    find: async (key) => {
      const isHash = /^[0-9a-f]{6,}$/.test(key)
      return newestFirst().filter(
        ({ id, fileName, fileSha256 }) => id === key || fileName === key || (isHash && fileSha256?.startsWith(key)),
      )
    },
  }
}

/** A quarantine in memory; its rows' times are their positions. */
export function memoryQuarantineStore(): QuarantineStore {
  const rows = new Map<string, QuarantinedRow>()
  let position = 0
  return {
    add: async (origin, refused) => {
      for (const { key, row } of keyRefusals(origin, refused)) {
        const id = createHash('sha256').update(key).digest('hex')
        position++
        const text = { detail: showingNul(row.detail), raw: showingNul(row.raw) }
        const state = { status: 'waiting', resolvedAtMs: null, releasedAs: null } as const
        if (!rows.has(id)) rows.set(id, { ...row, ...text, id, origin, position, quarantinedAtMs: position, ...state })
      }
    },
    list: async (filter, limit) => [...rows.values()].filter((row) => matches(row, filter)).slice(0, limit),
    count: async (status) => {
      const counts = new Map<string, number>()
      for (const row of rows.values()) {
        if (row.status === status) counts.set(row.reason, (counts.get(row.reason) ?? 0) + 1)
      }
      const byReason = [...counts].map(([reason, count]) => ({ reason, rows: count })).sort((a, b) => b.rows - a.rows)
      return { total: byReason.reduce((sum, each) => sum + each.rows, 0), byReason }
    },
    resolve: async (resolutions) => {
      const found = resolutions.flatMap((resolution) => {
        const row = rows.get(resolution.id)
        return row === undefined || row.status === 'released' ? [] : [resolved(row, resolution)]
      })
      for (const row of found) rows.set(row.id, row)
      return found.length
    },
  }
}

function matches(row: QuarantinedRow, filter: QuarantineFilter): boolean {
  const { origin } = row
  const { status, kind, reason, importId, runId, ids, idPrefix, after } = filter
  return (
    (status === undefined || row.status === status) &&
    (kind === undefined || origin.kind === kind) &&
    (reason === undefined || row.reason === reason) &&
    (importId === undefined || (origin.kind === 'file' && origin.importId === importId)) &&
    (runId === undefined || (origin.kind === 'table' && origin.runId === runId)) &&
    (ids === undefined || ids.includes(row.id)) &&
    (idPrefix === undefined || row.id.startsWith(idPrefix)) &&
    (after === undefined || row.position > after)
  )
}

function resolved(row: QuarantinedRow, resolution: Resolution): QuarantinedRow {
  if (resolution.outcome === 'refused') return { ...row, ...resolution.refusal }
  const releasedAs = resolution.outcome === 'released' ? resolution.releasedAs : null
  return { ...row, status: resolution.outcome, resolvedAtMs: row.position, releasedAs }
}
