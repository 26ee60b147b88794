import type { Bet } from '../bets/bet.ts'
import { isSettled } from '../bets/settlement.ts'
import { DomainError } from '../kernel/errors.ts'
import type { QuarantinedRow, Resolution } from '../quality/quarantine.ts'
import { planChanges, saysNothingNew } from './ledger-changes.ts'
import type { BetStore, QuarantineStore } from './ledger-ports.ts'
import { allRows } from './quarantined-rows.ts'
import type { MadeBet, ReadRecords, RefusedAgain, Trial } from './read-again.ts'
import { readAgain, toTrial } from './read-again.ts'

export interface RetryDeps {
  bets: BetStore
  quarantine: QuarantineStore
  readRecords: ReadRecords
}

export interface RetryRequest {
  rows: readonly QuarantinedRow[]
  /** A person's text for the one row asked for. */
  mendedText?: string
}

export interface RetryResult {
  /** Bets made, each with the rows that it was made of; legs bring along the others of their bet. */
  released: MadeBet[]
  refused: RefusedAgain[]
  /** Rows of tables, which the pipeline reads, and rows kept without their header. */
  untried: QuarantinedRow[]
  rowsImported: number
  rowsUpdated: number
  rowsUnchanged: number
  demoBetsRemoved: number
  ledger: Bet[]
}

/**
 * Reads quarantined rows again with the present code, and takes into the ledger those that now make sense, by the rules
 * of {@link planChanges} and one more: a row waits from before what the ledger may have learned since, so it adds a bet
 * or settles an open one; what contradicts the ledger is refused, unless a person gave the text.
 *
 * A bet bears the import that its row came with. Bets are saved before their rows are released, so that a row is
 * waiting or in the ledger wherever this is cut off, and the next try does the rest.
 *
 * @param ledger  every bet stored now
 * @throws {DomainError} `already_released`, `one_row_at_a_time`
 */
export async function retryQuarantine(
  deps: RetryDeps,
  request: RetryRequest,
  ledger: readonly Bet[],
): Promise<RetryResult> {
  assertCanBeTried(request)
  const { made, refused, untried } = await tryRows(deps, request)
  const agrees = request.mendedText === undefined ? agreesWith(ledger) : () => true
  const asked = new Set(request.rows.map((row) => row.id))
  const isAsked = (row: QuarantinedRow) => asked.has(row.id)
  const released = made.filter(({ bet, rows }) => agrees(bet) && rows.some(isAsked))
  const contradicting = made.filter(({ bet }) => !agrees(bet)).flatMap(toContradictions)
  const stillRefused = [...refused, ...contradicting].filter(({ row }) => isAsked(row)).sort(byArrival)

  const records = released.map(({ bet, rows }) => ({ bet, lines: rows.map(({ position }) => position) }))
  const { changed, demoMakesWay, ...after } = planChanges(ledger, records)
  const demoBetsRemoved = demoMakesWay ? await deps.bets.removeDemo() : 0
  await saveWithOrigin(deps.bets, changed, released)
  // What a person's text lacks says nothing of the text that is kept.
  const noted = request.mendedText === undefined ? stillRefused.filter(isAnotherRefusal).map(toRefusedAgain) : []
  await deps.quarantine.resolve([...released.flatMap(toReleased), ...noted])
  return { ...after, released, refused: stillRefused, untried, demoBetsRemoved }
}

function assertCanBeTried({ rows, mendedText }: RetryRequest): void {
  const released = rows.find((row) => row.status === 'released')
  if (released !== undefined) {
    throw new DomainError('already_released', `row ${released.id} has become bet ${released.releasedAs} already`)
  }
  if (mendedText !== undefined && rows.length !== 1) {
    throw new DomainError('one_row_at_a_time', `a text mends one row, and ${rows.length} were named`)
  }
}

/** Reads the rows asked for and, where they are legs, all that wait: some may be of the same bets. */
async function tryRows(deps: RetryDeps, { rows, mendedText }: RetryRequest) {
  const trials = new Map<string, Trial>()
  const refused: RefusedAgain[] = []
  const untried: QuarantinedRow[] = []
  for (const row of rows) {
    const trial = toTrial(row, mendedText ?? row.raw)
    if (trial === undefined) untried.push(row)
    else if ('refusal' in trial) refused.push(trial)
    else trials.set(row.id, trial)
  }
  const legFormats = new Set([...trials.values()].map(({ format }) => format).filter((format) => format.hasRowPerLeg))
  const waiting = legFormats.size === 0 ? [] : await allRows(deps.quarantine, { status: 'waiting', kind: 'file' })
  for (const row of waiting) {
    const trial = toTrial(row, row.raw)
    if (trial === undefined || 'refusal' in trial || trials.has(row.id)) continue
    if (legFormats.has(trial.format)) trials.set(row.id, trial)
  }
  // The legs of a bet are told in the order of their file.
  const verdict = readAgain(deps.readRecords, [...trials.values()].sort(byArrival))
  return { made: verdict.made, refused: [...refused, ...verdict.refused], untried }
}

function byArrival(a: { row: QuarantinedRow }, b: { row: QuarantinedRow }): number {
  return a.row.position - b.row.position
}

/** Whether a bet adds to the ledger, settles what is open in it, or says nothing new. */
function agreesWith(ledger: readonly Bet[]): (bet: Bet) => boolean {
  const known = new Map(ledger.map((bet) => [bet.id, bet]))
  return (bet) => {
    const before = known.get(bet.id)
    if (before === undefined || saysNothingNew(before, bet)) return true
    return isSettled(bet.state) && !isSettled(before.state)
  }
}

function toContradictions({ bet, rows }: MadeBet): RefusedAgain[] {
  const detail = `it reads well as bet ${bet.id}, which the ledger has otherwise: give its text, or import its newest file`
  return rows.map((row) => ({ row, refusal: { reason: 'contradicts_ledger', field: null, detail } }))
}

/** Saves bets with the imports that their rows came with. */
async function saveWithOrigin(store: BetStore, bets: readonly Bet[], made: readonly MadeBet[]): Promise<void> {
  const importOf = new Map(made.map(({ bet, importId }) => [bet, importId]))
  for (const [importId, ofOneFile] of Map.groupBy(bets, (bet) => importOf.get(bet) ?? null)) {
    await store.save(ofOneFile, { importId })
  }
}

function toReleased({ bet, rows }: MadeBet): Resolution[] {
  return rows.map(({ id }) => ({ id, outcome: 'released', releasedAs: bet.id }))
}

function isAnotherRefusal({ row, refusal }: RefusedAgain): boolean {
  return row.reason !== refusal.reason || row.field !== refusal.field || row.detail !== refusal.detail
}

function toRefusedAgain({ row, refusal }: RefusedAgain): Resolution {
  return { id: row.id, outcome: 'refused', refusal }
}
