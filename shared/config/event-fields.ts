import * as z from 'zod'

/** Kinds of members that events are made of. */

export const instant = z.iso.datetime()
export const name = z.string().min(1)
export const count = z.int().nonnegative()
/** Null where there was nothing to measure. */
export const measure = z.number().nullable()

/** Most examples that an event carries: it is for a message to a person, the record has the rest. */
export const MAX_EXAMPLES = 10
