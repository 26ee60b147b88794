import * as z from 'zod'
import { type FieldParser, quoted } from '../formats/fields.ts'
import { REJECTION_REASONS, type RejectionReason } from '../formats/format.ts'
import type { BetRecord, RecordProblem } from './bet-record.ts'

/**
 * Error option of a zod rule in a record's schema: the message of its issue is the reason, and {@link firstProblem}
 * makes the sentence. So the rule and its reason stand side by side.
 */
export function because(reason: RejectionReason): { error: RejectionReason } {
  return { error: reason }
}

/** As {@link because}, for a field that every record must have. */
export function becauseBlankOr(
  ifBlank: RejectionReason,
  otherwise: RejectionReason,
): { error: (issue: { input?: unknown }) => RejectionReason } {
  return { error: ({ input }) => (input === undefined || input === null ? ifBlank : otherwise) }
}

/** A zod transform that reads a value as the cell of a file is read, with the parser's own reasons and sentences. */
export function parsedBy<T>(parse: FieldParser<T>) {
  return function parseValue(value: string | number, context: z.RefinementCtx): T {
    const cell = parse(String(value))
    if (cell.ok) return cell.value
    context.issues.push({ code: 'custom', message: cell.reason, input: value, params: { detail: cell.detail } })
    return z.NEVER
  }
}

/** The first thing that a schema whose rules use {@link because} found wrong with a record. */
export function firstProblem(error: z.ZodError, record: BetRecord): RecordProblem {
  const issue = error.issues[0]
  const name = issue?.path[0]
  const field = name === undefined ? null : String(name)
  const reason = REJECTION_REASONS.find((known) => known === issue?.message) ?? 'unreadable_record'
  const sentence =
    issue === undefined ? 'is of no known layout' : detailOf(issue, field === null ? record : record[field])
  return { reason, field, detail: field === null ? sentence : `${field}: ${sentence}` }
}

function detailOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${shown(value)} is no ${issue.expected}`
    case 'invalid_value':
      return `${shown(value)} is none of ${issue.values.join(', ')}`
    case 'too_big':
      if (issue.origin === 'string') return `${String(value).length} characters, at most ${issue.maximum} are kept`
      return `${shown(value)} is ${issue.inclusive === false ? 'not below' : 'above'} ${issue.maximum}`
    case 'too_small':
      if (issue.origin === 'string') return `${String(value).length} characters, at least ${issue.minimum} are needed`
      return `${shown(value)} is ${issue.inclusive === false ? 'not above' : 'below'} ${issue.minimum}`
    case 'custom':
      return String(issue.params?.detail)
    default:
      return `${shown(value)} is not of the form asked for`
  }
}

/** A JSON value in a message: text is cut, and what is not a scalar is only named. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return value === null || typeof value !== 'object' ? String(value) : 'an object'
}

/** The problem of a bet that was settled before it was placed. */
export function settledBeforePlaced(settledAtMs: number | null, placedAtMs: number): RecordProblem | undefined {
  if (settledAtMs === null || settledAtMs >= placedAtMs) return undefined
  return { reason: 'settled_before_placed', field: null, detail: tooEarly('settled', settledAtMs, placedAtMs) }
}

/** The problem of a bet whose result was known before it was placed. */
export function knownBeforePlaced(resultKnownAtMs: number | null, placedAtMs: number): RecordProblem | undefined {
  if (resultKnownAtMs === null || resultKnownAtMs >= placedAtMs) return undefined
  return { reason: 'known_before_placed', field: null, detail: tooEarly('result known', resultKnownAtMs, placedAtMs) }
}

function tooEarly(what: string, atMs: number, placedAtMs: number): string {
  return `${what} at ${new Date(atMs).toISOString()}, before it was placed at ${new Date(placedAtMs).toISOString()}`
}
