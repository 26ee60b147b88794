import * as z from 'zod'

/** How far a number may be off: `size`, or where that is more, a share of the largest expected number in size. */
export interface Tolerance {
  readonly size: number
  readonly ofLargest?: number
  /** Why it is wider than rounding asks for. */
  readonly reason?: string
}

/** One quantity of one file beside the other tool's. */
export interface Comparison {
  readonly file: string
  readonly quantity: string
  readonly numbers: number
  readonly largestDifference: number
  /** What the tolerance comes to for these numbers. */
  readonly allowed: number
  readonly tolerance: Tolerance
  readonly ok: boolean
}

/** Something in a folder that could not be compared. */
export interface Complaint {
  readonly file: string
  readonly message: string
}

/** Everything that a folder of reference numbers was found to hold. */
export interface GoldenReport {
  readonly comparisons: readonly Comparison[]
  readonly complaints: readonly Complaint[]
}

/** The comparisons of one file. */
export type FileCheck = (json: unknown) => { comparisons: Omit<Comparison, 'file'>[]; unknown: string[] }

/**
 * Compares numbers one by one. NaN matches NaN alone; lists of different lengths are infinitely far apart, and lists of
 * no numbers match nothing.
 */
export function compare(
  quantity: string,
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  tolerance: Tolerance,
): Omit<Comparison, 'file'> {
  let largestDifference = ours.length === theirs.length ? 0 : Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < theirs.length; i++) {
    largestDifference = Math.max(largestDifference, distance(ours[i] ?? Number.NaN, theirs[i] as number))
    if (Math.abs(theirs[i] as number) > largest) largest = Math.abs(theirs[i] as number)
  }
  const allowed = Math.max(tolerance.size, (tolerance.ofLargest ?? 0) * largest)
  const ok = theirs.length > 0 && largestDifference <= allowed
  return { quantity, numbers: theirs.length, largestDifference, allowed, tolerance, ok }
}

function distance(ours: number, theirs: number): number {
  if (Object.is(ours, theirs) || ours === theirs) return 0
  const difference = Math.abs(ours - theirs)
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}

/**
 * Reads a file by its schema, of strict objects.
 *
 * @returns the data, and the paths of fields that the schema does not know
 * @throws {Error} where a field that it knows is missing or of the wrong type
 */
export function readStrictly<T>(schema: z.ZodType<T>, json: unknown): { data: T; unknown: string[] } {
  const unknown: string[] = []
  const copy = structuredClone(json)
  for (const issue of schema.safeParse(json).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue
    const holder = issue.path.reduce<unknown>((at, step) => Reflect.get(Object(at), step), copy)
    for (const key of issue.keys) {
      unknown.push([...issue.path, key].join('.'))
      Reflect.deleteProperty(Object(holder), key)
    }
  }
  const parsed = schema.safeParse(copy)
  if (parsed.success) return { data: parsed.data, unknown }
  const issue = parsed.error.issues[0]
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`)
}

/** A number; null stands for NaN, which JSON does not know. */
export const numberOrNaN = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)
