import * as z from 'zod'

/**
 * Schemas of long columns, checked by one loop each: a schema for every number of a million takes seconds.
 */
export const numberColumn = z.custom<number[]>((value) => isArrayOf(value, isNumber), {
  error: 'must be an array of numbers',
})

/** Numbers, null where one is not known. */
export const nullableNumberColumn = z.custom<(number | null)[]>(
  (value) => isArrayOf(value, (item) => item === null || isNumber(item)),
  { error: 'must be an array of numbers and nulls' },
)

export const textColumn = z.custom<string[]>((value) => isArrayOf(value, (item) => typeof item === 'string'), {
  error: 'must be an array of texts',
})

function isNumber(item: unknown): boolean {
  return typeof item === 'number' && Number.isFinite(item)
}

function isArrayOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}
