import * as z from 'zod'
import { timestamp } from '../../shared/bets/records/timestamps.ts'

/** A name to compare with exactly; empty means any. Blanks at its ends count, as they do in the ledger. */
export function nameFilter(description: string, example: string) {
  return z
    .string()
    .max(200, { error: 'is longer than 200 characters' })
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), { error: 'holds a control character' })
    .optional()
    .transform((text) => text || undefined)
    .meta({ description: `${description} Compared exactly; any where absent or empty.`, example })
}

export function flagFilter(description: string) {
  return z
    .enum(['true', 'false'], { error: 'is either true or false' })
    .optional()
    .transform((text) => (text === undefined ? undefined : text === 'true'))
    .meta({ description, example: 'true' })
}

/** An instant in the query, in milliseconds. A `+` that was not encoded arrives as a space. */
export function instantFilter(description: string, example: string) {
  return z
    .string()
    .max(40, { error: 'is longer than 40 characters' })
    .optional()
    .transform((text, context) => {
      if (text === undefined) return undefined
      const read = timestamp(text.replace(/ (?=\d\d:?\d\d$)/, '+'))
      if (read.ok) return read.value
      context.addIssue({ code: 'custom', message: 'is no date and time with a zone, such as 2026-03-01T18:05:00Z' })
      return z.NEVER
    })
    .meta({ description, example, format: 'date-time' })
}

/** How many rows of a list are asked for. */
export function limitField(options: { most: 200 | 500; usual: number }) {
  const { most, usual } = options
  const pattern = most === 500 ? /^(?:[1-9]\d?|[1-4]\d\d|500)$/ : /^(?:[1-9]\d?|1\d\d|200)$/
  return z
    .string()
    .regex(pattern, { error: `is a whole number from 1 to ${most}` })
    .default(String(usual))
    .transform(Number)
    .meta({ description: `Rows of one answer, at most ${most}.`, example: String(usual) })
}

/** An instant of an answer. */
export const instantField = (description: string, example = '2026-03-01T18:05:00.000Z') =>
  z.iso.datetime().meta({ description, example })

/** An instant of an answer as ISO 8601 writes it; null where there is none. */
export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
