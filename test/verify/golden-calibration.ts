import * as z from 'zod'
import { applyCalibrator } from '../../shared/calibration/apply.ts'
import type { Calibrator } from '../../shared/calibration/calibrator.ts'
import { fitIsotonic } from '../../shared/calibration/isotonic.ts'
import { fitPlatt } from '../../shared/calibration/platt.ts'
import type { FileCheck, Tolerance } from './golden-report.ts'
import { compare, readStrictly } from './golden-report.ts'

const numbers = z.array(z.number())

const schema = z.strictObject({
  margin: numbers,
  label: numbers,
  grid: numbers,
  platt: z.strictObject({ a: z.number(), b: z.number(), predicted: numbers, formula: z.string() }),
  isotonic: z.strictObject({ predicted: numbers }),
})

const EXACT: Tolerance = { size: 1e-9 }
/** Its minimum is flat: where the gradient is below 1e−5, A and B may be some 1e−7 off, on 500 rows. */
const PLATT: Tolerance = { size: 1e-6, reason: "scikit-learn's minimiser stops at a gradient of 1e-5" }

/** calibration.json: Platt's line and the isotonic curve, fitted on its rows and read off its grid. */
export const checkCalibration: FileCheck = (json) => {
  const { data, unknown } = readStrictly(schema, json)
  const platt = fitPlatt(data.margin, data.label)
  const isotonic = fitIsotonic(data.margin, data.label)
  return {
    unknown,
    comparisons: [
      compare("Platt's loss, its slope at our A and B", plattGradient(data, platt), [0, 0], EXACT),
      compare("Platt's A and B", [-platt.slope, -platt.intercept], [data.platt.a, data.platt.b], PLATT),
      compare(
        'Platt, predicted',
        data.grid.map((x) => applyCalibrator(platt, x)),
        data.platt.predicted,
        PLATT,
      ),
      compare(
        'isotonic, predicted',
        data.grid.map((x) => applyCalibrator(isotonic, x)),
        data.isotonic.predicted,
        EXACT,
      ),
    ],
  }
}

/** Σ (p − target) · (margin, 1), which is 0 at the exact minimum; targets (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2). */
function plattGradient({ margin, label }: { margin: number[]; label: number[] }, platt: Calibrator): number[] {
  const ones = label.filter((y) => y === 1).length
  const gradient = [0, 0]
  for (const [r, x] of margin.entries()) {
    const target = label[r] === 1 ? (ones + 1) / (ones + 2) : 1 / (label.length - ones + 2)
    const excess = applyCalibrator(platt, x) - target
    gradient[0] = (gradient[0] as number) + excess * x
    gradient[1] = (gradient[1] as number) + excess
  }
  return gradient
}
