import { readCsvText } from '../shared/adapters/csv-rows.ts'
import type { QuarantinedRow, QuarantineStatus, Refusal } from '../shared/quality/quarantine.ts'
import type { QuarantineCounts } from '../shared/usecases/ledger-ports.ts'
import type { RetryResult } from '../shared/usecases/retry-quarantine.ts'
import { block, count } from './report.ts'
import { bold, table } from './terminal.ts'

/** Digits of an id that people are shown, and may name a row by. */
const ID_DIGITS = 12
/** Rows still refused that are told one by one. */
const SHOWN_REFUSALS = 20

const STATES: Record<QuarantineStatus, string> = {
  waiting: 'waiting',
  released: 'released into the ledger',
  discarded: 'discarded',
}

/** Rows in a table under their number by reason. */
export function rowsTable(status: QuarantineStatus, counts: QuarantineCounts, rows: readonly QuarantinedRow[]): string {
  if (counts.total === 0) return `No row of the quarantine is ${STATES[status]}.`
  const byReason = counts.byReason.map((each) => `${count(each.rows)} ${each.reason}`).join(', ')
  const lines = rows.map((row) => [
    row.id.slice(0, ID_DIGITS),
    placeOf(row),
    row.reason,
    row.field ?? '-',
    minuteOf(row.quarantinedAtMs),
    row.detail,
  ])
  return [
    `${plural(counts.total, 'row')} ${STATES[status]}: ${byReason}`,
    table([['id', 'where', 'reason', 'field', 'since', ''], ...lines], 6),
    ...(rows.length < counts.total ? [`${count(rows.length)} of them shown; --reason and --limit choose others`] : []),
  ].join('\n')
}

/** One row in full: its text under its header, and its cells with the offending one marked. */
export function rowInFull(row: QuarantinedRow): string {
  const { origin } = row
  const since = minuteOf(row.resolvedAtMs ?? row.quarantinedAtMs)
  const from = origin.kind === 'file' ? `import ${origin.importId}, ${origin.format}` : `pipeline run ${origin.runId}`
  const state = row.releasedAs === null ? STATES[row.status] : `${STATES[row.status]} as bet ${row.releasedAs}`
  const columns = origin.kind === 'file' ? origin.columns : null
  return [
    bold(row.id),
    `${placeOf(row)} (${from}), ${state} since ${since}`,
    refusalLine(row),
    ...(columns === null ? [] : [block('Header', [columns.join(',')])]),
    block('Text', [row.raw]),
    ...(columns === null ? [] : cellsBlock(row, columns)),
  ].join('\n')
}

function cellsBlock(row: QuarantinedRow, columns: readonly string[]): string[] {
  const cells = readCsvText(row.raw, columns).rows[0]?.cells
  if (cells === undefined) return []
  const lines = Object.entries(cells).map(([name, text]) => [name === row.field ? '>' : '', name, text])
  return [block('Cells', [table(lines, 3)])]
}

/** What came of trying rows again. */
export function retryLines(result: RetryResult): string {
  const { released, refused, untried, rowsImported, rowsUpdated, rowsUnchanged, demoBetsRemoved } = result
  const rowsReleased = released.reduce((sum, { rows }) => sum + rows.length, 0)
  return [
    `${plural(rowsReleased, 'row')} released = ${count(rowsImported)} imported + ${count(rowsUpdated)} updated + ` +
      `${count(rowsUnchanged)} unchanged`,
    ...(demoBetsRemoved > 0 ? [`${count(demoBetsRemoved)} demo bets made way for your own`] : []),
    ...(refused.length > 0 ? [`${plural(refused.length, 'row')} still refused`] : []),
    ...refused.slice(0, SHOWN_REFUSALS).map(({ row, refusal }) => `  ${nameOf(row)}: ${refusalLine(refusal)}`),
    ...(refused.length > SHOWN_REFUSALS ? [`  … and ${count(refused.length - SHOWN_REFUSALS)} more`] : []),
    ...(untried.length > 0 ? [`${plural(untried.length, 'row')} not tried`] : []),
    ...untried.slice(0, SHOWN_REFUSALS).map((row) => `  ${nameOf(row)}: ${whyUntried(row)}`),
  ].join('\n')
}

/** The same for machines. */
export function retryReport(result: RetryResult): Record<string, unknown> {
  const { released, refused, untried, ledger, ...counts } = result
  return {
    ...counts,
    bets: ledger.length,
    released: released.flatMap(({ bet, rows }) => rows.map(({ id }) => ({ id, betId: bet.id }))),
    refused: refused.map(({ row, refusal }) => ({ id: row.id, where: placeOf(row), ...refusal })),
    untried: untried.map((row) => ({ id: row.id, where: placeOf(row), why: whyUntried(row) })),
  }
}

function whyUntried({ origin }: QuarantinedRow): string {
  if (origin.kind === 'table') return 'closeline pipeline --full reads its table again'
  return 'its header was not kept: import its file, or send it, again'
}

function refusalLine({ reason, field, detail }: Omit<Refusal, 'reason'> & { reason: string }): string {
  return field === null ? `${reason}: ${detail}` : `${reason} in ${field}: ${detail}`
}

function nameOf(row: QuarantinedRow): string {
  return `${row.id.slice(0, ID_DIGITS)}  ${placeOf(row)}`
}

function placeOf({ origin, line }: QuarantinedRow): string {
  return origin.kind === 'file' ? `${origin.name}:${line}` : `table ${origin.name}`
}

function minuteOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`
}
