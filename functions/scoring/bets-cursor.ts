import * as z from 'zod'
import { timestamp } from '../../shared/bets/records/timestamps.ts'

/** A place in a list: an instant as the database wrote it, and an id. */
interface Place {
  at: string
  id: string
}

const DATABASE_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/

const placeSchema = (list: string) =>
  z.strictObject({
    list: z.literal(list),
    at: z
      .string()
      .max(40)
      .regex(DATABASE_INSTANT)
      .refine((text) => timestamp(text).ok),
    id: z
      .string()
      .min(1)
      .max(100)
      .refine((text) => text.isWellFormed() && !text.includes('\0')),
  })

/**
 * The cursor of a place: JSON in base64url. It is not signed: all that it can say is where to go on, and it is checked
 * as strictly as every parameter, then sent as a value.
 *
 * @param list  name of the list, so that no cursor of another one is taken
 */
export function encodeCursor(list: string, { at, id }: Place): string {
  return Buffer.from(JSON.stringify({ list, at, id })).toString('base64url')
}

/** The parameter that takes a cursor. */
export function cursorField(list: string) {
  const schema = placeSchema(list)
  return z
    .string()
    .max(800, { error: 'is longer than 800 characters' })
    .optional()
    .transform((text, context): Place | null => {
      // Empty is how a form sends no cursor.
      if (text === undefined || text === '') return null
      const place = schema.safeParse(jsonIn(text))
      if (place.success) return { at: place.data.at, id: place.data.id }
      context.addIssue({ code: 'custom', message: 'is no cursor of this list: take next_cursor as it was given' })
      return z.NEVER
    })
    .meta({ description: 'Where to go on: `next_cursor` of the answer before. The beginning where absent.' })
}

function jsonIn(text: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
