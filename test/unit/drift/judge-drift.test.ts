import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ColumnSamples } from '../../../shared/drift/column-drift.ts'
import { compareColumn, effectOf } from '../../../shared/drift/column-drift.ts'
import { judgeDrift } from '../../../shared/drift/judge-drift.ts'
import { poolRare } from '../../../shared/drift/pool-rare.ts'
import { createRng } from '../../../shared/kernel/random.ts'

const NONE = { reference: 0, current: 0 }

function categories(reference: Record<string, number>, current: Record<string, number>, missing = NONE): ColumnSamples {
  return {
    kind: 'categorical',
    reference: new Map(Object.entries(reference)),
    current: new Map(Object.entries(current)),
    missing,
  }
}

function judgeOne(samples: ColumnSamples) {
  return judgeDrift([compareColumn(samples)])[0]
}

describe('poolRare', () => {
  test('puts together what would be expected fewer than five times in the smaller sample', () => {
    const pooled = poolRare(
      new Map([
        ['a', 900],
        ['b', 80],
        ['c', 20],
      ]),
      new Map([
        ['a', 90],
        ['b', 9],
        ['d', 1],
      ]),
    )
    // Of 1,100 rows a tenth and a bit are current ones: c has 20 of them, so 1.8 are expected, and of d even fewer; as
    // even together they are too few, b joins them.
    expect(pooled.names).toEqual(['a', undefined])
    expect(pooled).toMatchObject({ reference: [900, 100], current: [90, 10] })
  })

  test('loses no row, and depends on counts alone', () => {
    const map = fc.dictionary(fc.constantFrom(...'abcdefgh'), fc.integer({ min: 1, max: 60 }), { minKeys: 1 })
    fc.assert(
      fc.property(map, map, (r, c) => {
        const [reference, current] = [Object.entries(r), Object.entries(c)]
        const pooled = poolRare(new Map(reference), new Map(current))
        expect(sum(pooled.reference)).toBe(sum(Object.values(r)))
        expect(sum(pooled.current)).toBe(sum(Object.values(c)))
        expect(poolRare(new Map(reference.toReversed()), new Map(current.toReversed()))).toEqual(pooled)
      }),
    )
  })
})

describe('judgeDrift', () => {
  test('finds a share that moved by twelve points, with its size and severity', () => {
    const verdict = judgeOne(categories({ Basketball: 2000, Tennis: 3000 }, { Basketball: 520, Tennis: 480 }))
    expect(verdict).toMatchObject({ status: 'drifted', severity: 'moderate', moved: ['values'] })
    expect(verdict?.effect).toBeCloseTo(0.12, 12)
  })

  test('calls a change stable that is too small to matter, however sure it is', () => {
    const verdict = judgeOne(categories({ a: 100_000, b: 100_000 }, { a: 52_000, b: 48_000 }))
    expect(verdict?.adjustedPValue).toBeLessThan(1e-9)
    expect(verdict).toMatchObject({ status: 'stable', severity: 'none' })
  })

  test('calls a change stable that chance would bring', () => {
    expect(judgeOne(categories({ a: 100, b: 100 }, { a: 55, b: 45 }))?.status).toBe('stable')
  })

  test('finds that a column went missing, though no value of it is left to compare', () => {
    const samples = categories({ a: 500, b: 500 }, {}, { reference: 0, current: 400 })
    expect(judgeOne(samples)).toMatchObject({ status: 'drifted', severity: 'high', moved: ['missing'] })
  })

  test('never calls too few rows stable', () => {
    expect(judgeOne(categories({ a: 5000 }, { b: 99 }))?.status).toBe('insufficient_data')
    const hardlyKnown = categories({ a: 29 }, { a: 29 }, { reference: 971, current: 971 })
    expect(judgeOne(hardlyKnown)?.status).toBe('insufficient_data')
  })

  test('counts how many columns were asked: what convinces alone does not among a hundred', () => {
    // 400 of 1,000 against 450 of 1,000: p = 0.024.
    const weak = compareColumn(categories({ a: 400, b: 600 }, { a: 450, b: 550 }))
    const calm = compareColumn(categories({ a: 500, b: 500 }, { a: 500, b: 500 }))
    expect(judgeDrift([weak])[0]?.status).toBe('drifted')
    expect(judgeDrift([weak, ...Array.from({ length: 99 }, () => calm)])[0]?.status).toBe('stable')
  })

  test('finds numbers that moved by a quarter of their deviation, in their own unit', () => {
    const rng = createRng(7)
    const draw = (n: number, shift: number) => Float64Array.from({ length: n }, () => 10 * rng.next() + shift).sort()
    const deviation = 10 / Math.sqrt(12)
    const samples = {
      kind: 'numerical',
      reference: draw(5000, 0),
      current: draw(1000, deviation / 4),
      missing: NONE,
    } as const
    const column = compareColumn(samples)
    expect(judgeDrift([column])[0]?.status).toBe('drifted')
    expect(column.values).toMatchObject({ kind: 'numerical' })
    if (column.values?.kind !== 'numerical') return
    expect(column.values.wassersteinInDeviations).toBeCloseTo(0.25, 1)
    expect(column.values.meanShift).toBeCloseTo(deviation / 4, 0)
    expect(effectOf(column.values)).toBe(column.values.test.statistic)
    expect(sum(column.values.histogram.current)).toBe(1000)
  })

  test('seldom alarms about any of thirty columns where nothing moved', () => {
    const rng = createRng(11)
    let alarms = 0
    for (let i = 0; i < 120; i++) {
      const columns = Array.from({ length: 30 }, (_, c) => compareColumn(c % 2 === 0 ? numbers(rng) : names(rng)))
      if (judgeDrift(columns).some(({ status }) => status === 'drifted')) alarms++
    }
    // One in twenty is promised: 6 of 120, and 14 or more would come by chance once in a thousand times.
    expect(alarms).toBeLessThan(14)
  })
})

type Rng = ReturnType<typeof createRng>

function numbers(rng: Rng): ColumnSamples {
  const draw = (n: number) => Float64Array.from({ length: n }, () => rng.next()).sort()
  return { kind: 'numerical', reference: draw(400), current: draw(120), missing: NONE }
}

function names(rng: Rng): ColumnSamples {
  const draw = (n: number) => {
    const counts: Record<string, number> = {}
    for (let i = 0; i < n; i++) {
      const name = 'abcdefghij'[Math.floor(10 * rng.next() ** 3)] as string
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }
  return categories(draw(400), draw(120))
}

function sum(of: readonly number[]): number {
  return of.reduce((total, value) => total + value, 0)
}
