import type { Bet } from '../bets/bet.ts'
import type { ParsedRows } from '../bets/formats/format.ts'
import { isSettled } from '../bets/settlement.ts'
import { invariant } from '../kernel/errors.ts'
import type { Clock, Progress } from '../kernel/ports.ts'
import type { BetStore, ImportReport, ImportStore } from './ledger-ports.ts'

/** A bet file after reading: which layout it has, how many records, and what each record became. */
export interface ReadFile {
  fileName: string
  format: string
  rowsRead: number
  parsed: ParsedRows
}

export interface ImportDeps {
  bets: BetStore
  imports: ImportStore
  clock: Clock
  progress: Progress
  newId: () => string
}

/** What an import did, and the ledger after it. */
export interface ImportResult {
  report: ImportReport
  ledger: Bet[]
  /** Demo bets that made way for a bettor's own. */
  demoBetsRemoved: number
}

/**
 * Brings the bets of a file into the ledger.
 *
 * A bet already there with equal content is unchanged, so importing a file twice changes nothing; one whose content
 * differs (an open bet that settled) is replaced. A settled bet never becomes open again, whether an older export or an
 * older row of the same file says so; else the last record of an id counts, and all its rows go the way of that record.
 * Rows that cannot be understood go to quarantine, and every row read is accounted for.
 *
 * @param ledger  every bet stored now
 * @throws {InvariantError} where rows read ≠ imported + updated + unchanged + quarantined; nothing is stored then
 */
export async function importBets(deps: ImportDeps, file: ReadFile, ledger: readonly Bet[]): Promise<ImportResult> {
  const startedAtMs = deps.clock()
  const own = ledger.filter((bet) => bet.origin !== 'demo')
  const demoMakesWay = own.length < ledger.length && file.parsed.bets.length > 0
  const known = new Map((demoMakesWay ? own : ledger).map((bet) => [bet.id, bet]))
  const { changed, rows } = planImport(known, file)
  assertAllAccountedFor(rows)
  const demoBetsRemoved = demoMakesWay ? await deps.bets.removeDemo() : 0
  const task = deps.progress.start('Saving bets', changed.length)
  await deps.bets.save(changed, (done) => task.advance(done))
  task.finish()
  const report: ImportReport = {
    id: deps.newId(),
    fileName: file.fileName,
    format: file.format,
    startedAtMs,
    finishedAtMs: deps.clock(),
    ...rows,
  }
  await deps.imports.record(report, file.parsed.rejections)
  for (const bet of changed) known.set(bet.id, bet)
  return { report, ledger: [...known.values()], demoBetsRemoved }
}

type RowCounts = Pick<ImportReport, 'rowsRead' | 'rowsImported' | 'rowsUpdated' | 'rowsUnchanged' | 'rowsQuarantined'>

/** Decides for each bet of the file whether it is new, changed or known. */
function planImport(known: ReadonlyMap<string, Bet>, file: ReadFile): { changed: Bet[]; rows: RowCounts } {
  const changed: Bet[] = []
  const { rowsRead } = file
  const rows = {
    rowsRead,
    rowsImported: 0,
    rowsUpdated: 0,
    rowsUnchanged: 0,
    rowsQuarantined: file.parsed.rejections.length,
  }
  for (const { bet, nRows } of lastOfEachId(file).values()) {
    const before = known.get(bet.id)
    if (before === undefined) rows.rowsImported += nRows
    else if (saysNothingNew(before, bet)) rows.rowsUnchanged += nRows
    else rows.rowsUpdated += nRows
    if (before === undefined || !saysNothingNew(before, bet)) changed.push(bet)
  }
  return { changed, rows }
}

/** The last record of each id, a result never giving way to an open record, with the number of rows that all its records have. */
function lastOfEachId(file: ReadFile): Map<string, { bet: Bet; nRows: number }> {
  const last = new Map<string, { bet: Bet; nRows: number }>()
  for (const { bet, lines } of file.parsed.bets) {
    const before = last.get(bet.id)
    const isOlder = before !== undefined && takesResultBack(before.bet, bet)
    last.set(bet.id, { bet: isOlder ? before.bet : bet, nRows: (before?.nRows ?? 0) + lines.length })
  }
  return last
}

/** Whether a record is from before the bet that is known settled. */
function takesResultBack(known: Bet, record: Bet): boolean {
  return isSettled(known.state) && !isSettled(record.state)
}

/** Whether a record leaves the bet that is known as it is: equal to it, or older than its result. */
function saysNothingNew(known: Bet, record: Bet): boolean {
  if (takesResultBack(known, record)) return true
  return (Object.keys(record) as (keyof Bet)[]).every((key) => known[key] === record[key])
}

function assertAllAccountedFor(rows: RowCounts): void {
  const { rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined } = rows
  invariant(
    rowsRead === rowsImported + rowsUpdated + rowsUnchanged + rowsQuarantined,
    `${rowsRead} rows read, but ${rowsImported} imported, ${rowsUpdated} updated, ${rowsUnchanged} unchanged and ` +
      `${rowsQuarantined} quarantined`,
  )
}
