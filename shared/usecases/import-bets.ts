import type { Bet } from '../bets/bet.ts'
import type { ParsedRows } from '../bets/formats/format.ts'
import { invariant } from '../kernel/errors.ts'
import type { Clock, Progress } from '../kernel/ports.ts'
import { planChanges } from './ledger-changes.ts'
import type { BetStore, ImportReport, ImportStore, QuarantineStore } from './ledger-ports.ts'
import { matchMended } from './mended-rows.ts'

/** A bet file after reading: which layout it has, how many records, and what each record became. */
export interface ReadFile {
  fileName: string
  /** SHA-256 of its bytes, in hex. */
  fileSha256: string
  format: string
  /** Its header. */
  columns: readonly string[]
  rowsRead: number
  parsed: ParsedRows
  /** Ids of the rows in quarantine that its rows mend, by line; see {@link mendableFiles}. */
  mends: ReadonlyMap<number, string>
}

export interface ImportDeps {
  bets: BetStore
  imports: ImportStore
  quarantine: QuarantineStore
  clock: Clock
  progress: Progress
  newId: () => string
}

/** What an import did, and the ledger after it. */
export interface ImportResult {
  report: ImportReport
  /** As {@link planChanges} tells it. */
  ledger: Bet[]
  /** Demo bets that made way for a bettor's own. */
  demoBetsRemoved: number
  /** Rows of the quarantine that the file mended. */
  rowsReleased: number
}

/**
 * Brings the bets of a file into the ledger, by the rules of {@link planChanges}: importing a file twice changes nothing.
 *
 * Rows that cannot be understood go to quarantine, and every row read is accounted for. All is told before anything is
 * done: first the import with its counts, then the refused rows, then the bets. Cut off anywhere, it leaves an
 * import that is not finished, and importing the file again does the rest.
 *
 * @param ledger  every bet stored now
 * @throws {InvariantError} where rows read ≠ imported + updated + unchanged + quarantined; nothing is stored then
 */
export async function importBets(deps: ImportDeps, file: ReadFile, ledger: readonly Bet[]): Promise<ImportResult> {
  const { fileName, fileSha256, format, columns, rowsRead, parsed } = file
  const { changed, rowsImported, rowsUpdated, rowsUnchanged, ...after } = planChanges(ledger, parsed.bets)
  const id = deps.newId()
  const report: ImportReport = {
    ...{ id, fileName, fileSha256, format, columns, startedAtMs: deps.clock(), finishedAtMs: null },
    ...{ rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined: parsed.rejections.length },
  }
  assertAllAccountedFor(report)
  const { refused, released } = await matchMended(deps.quarantine, file)
  await deps.imports.begin(report)
  await deps.quarantine.add({ kind: 'file', name: fileName, importId: id, format, columns }, refused)
  const demoBetsRemoved = after.demoMakesWay ? await deps.bets.removeDemo() : 0
  await saveBets(deps, changed, id)
  const rowsReleased = await deps.quarantine.resolve(released)
  const finishedAtMs = deps.clock()
  await deps.imports.finish(id, finishedAtMs)
  return { report: { ...report, finishedAtMs }, ledger: after.ledger, demoBetsRemoved, rowsReleased }
}

async function saveBets(deps: ImportDeps, bets: readonly Bet[], importId: string): Promise<void> {
  const task = deps.progress.start('Saving bets', bets.length)
  await deps.bets.save(bets, { importId, onSaved: (done) => task.advance(done) })
  task.finish()
}

function assertAllAccountedFor(report: ImportReport): void {
  const { rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined } = report
  invariant(
    rowsRead === rowsImported + rowsUpdated + rowsUnchanged + rowsQuarantined,
    `${rowsRead} rows read, but ${rowsImported} imported, ${rowsUpdated} updated, ${rowsUnchanged} unchanged and ` +
      `${rowsQuarantined} quarantined`,
  )
}
