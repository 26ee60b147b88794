import * as z from 'zod'
import { decimalFromAmerican, impliedProbability } from '../../shared/odds/convert.ts'
import { DEVIG_METHODS, devig, overround, shin } from '../../shared/odds/devig.ts'
import { expectedValue, kellyFraction } from '../../shared/odds/value.ts'
import type { FileCheck, Tolerance } from './golden-report.ts'
import { compare, readStrictly } from './golden-report.ts'

const schema = z.strictObject({
  devig: z.array(
    z.strictObject({
      decimal: z.array(z.number()),
      overround: z.number(),
      multiplicative: z.array(z.number()),
      additive: z.array(z.number()),
      power: z.array(z.number()),
      shin: z.array(z.number()),
      shin_z: z.number(),
    }),
  ),
  conversions: z.array(z.strictObject({ american: z.number(), decimal: z.number(), implied_probability: z.number() })),
  kelly: z.array(
    z.strictObject({ p: z.number(), decimal: z.number(), kelly: z.number(), expected_value_per_unit: z.number() }),
  ),
})

const TOLERANCE: Tolerance = { size: 1e-9 }

/** odds.json: conversions, margins, fair probabilities, Kelly fractions. */
export const checkOdds: FileCheck = (json) => {
  const { data, unknown } = readStrictly(schema, json)
  const column = <T>(rows: readonly T[], ours: (row: T) => number, theirs: (row: T) => number, name: string) =>
    compare(name, rows.map(ours), rows.map(theirs), TOLERANCE)
  return {
    unknown,
    comparisons: [
      column(
        data.devig,
        (row) => overround(row.decimal),
        (row) => row.overround,
        'overround',
      ),
      ...DEVIG_METHODS.map((method) =>
        compare(
          `fair probability, ${method}`,
          data.devig.flatMap((row) => devig(row.decimal, method)),
          data.devig.flatMap((row) => row[method]),
          TOLERANCE,
        ),
      ),
      column(
        data.devig,
        (row) => shin(row.decimal).insiderShare,
        (row) => row.shin_z,
        "Shin's z",
      ),
      column(
        data.conversions,
        (row) => decimalFromAmerican(row.american),
        (row) => row.decimal,
        'decimal odds',
      ),
      column(
        data.conversions,
        (row) => impliedProbability(row.decimal),
        (row) => row.implied_probability,
        'implied probability',
      ),
      column(
        data.kelly,
        (row) => kellyFraction(row.p, row.decimal),
        (row) => row.kelly,
        'Kelly fraction',
      ),
      column(
        data.kelly,
        (row) => expectedValue(row.p, row.decimal),
        (row) => row.expected_value_per_unit,
        'expected value',
      ),
    ],
  }
}
