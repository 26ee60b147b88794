import { describe, expect, test } from 'vitest'
import { createRng } from '../../../shared/kernel/random.ts'
import type { SumKernel } from '../../../shared/trees/sum-kernel.ts'
import { plainKernel, wasmKernel } from '../../../shared/trees/sum-kernel.ts'

const KERNELS: [string, () => SumKernel | undefined][] = [
  ['WebAssembly', wasmKernel],
  ['TypeScript', plainKernel],
]

function created(make: () => SumKernel | undefined): SumKernel {
  const kernel = make()
  if (kernel === undefined) throw new Error('this engine has no WebAssembly with SIMD')
  return kernel
}

/** Pairs at 0, words of three to a row from 1,024 on, sums from 4,096 on. */
function sumsOf(kernel: SumKernel, sum: (kernel: SumKernel) => void): Float64Array {
  const rng = createRng(5)
  const buffer = kernel.reserve(20_480)
  new Float64Array(buffer, 0, 128).set(Float64Array.from({ length: 128 }, () => rng.normal()))
  new Int32Array(buffer, 1024, 192).set(Int32Array.from({ length: 192 }, () => (rng.next() * 2 ** 32) | 0))
  new Float64Array(buffer, 4096, 2048).fill(0)
  sum(kernel)
  return new Float64Array(buffer, 4096, 2048).slice()
}

describe.each(KERNELS)('the kernel in %s', (_, make) => {
  test('adds the pairs of rows to the sums of all four bytes of a word', () => {
    const kernel = created(make)
    const buffer = kernel.reserve(20_480)
    new Float64Array(buffer, 0, 4).set([0.5, 0.25, -2, 1])
    // The second word of each row: bytes 3, 0, 255, 128 and 3, 1, 255, 0, lowest first.
    new Int32Array(buffer, 1024, 4).set([-1, 0x80ff0003 | 0, -1, 0x00ff0103])
    kernel.addFour(1028, 8, 2, 0, 4096)
    const sums = new Float64Array(buffer, 4096, 2048)
    const at = (feature: number, code: number) => Array.from(sums.subarray(512 * feature + 2 * code).subarray(0, 2))
    expect(at(0, 3)).toEqual([-1.5, 1.25])
    expect([at(1, 0), at(1, 1)]).toEqual([
      [0.5, 0.25],
      [-2, 1],
    ])
    expect(at(2, 255)).toEqual([-1.5, 1.25])
    expect([at(3, 128), at(3, 0)]).toEqual([
      [0.5, 0.25],
      [-2, 1],
    ])
    expect(sums.filter((sum) => sum !== 0)).toHaveLength(12)
  })

  test.each([0, 8, 16, 24])('adds one byte, from bit %i on, as it does with its three others', (shift) => {
    const all = sumsOf(created(make), (kernel) => kernel.addFour(1028, 12, 60, 0, 4096))
    const one = sumsOf(created(make), (kernel) => kernel.addOne(1028, 12, 60, 0, 4096, shift))
    expect(one.subarray(0, 512)).toEqual(all.subarray(64 * shift, 64 * shift + 512))
    expect(one.subarray(512).every((sum) => sum === 0)).toBe(true)
  })

  test('adds to what is there, and nothing for no rows', () => {
    const twice = sumsOf(created(make), (kernel) => {
      kernel.addFour(1024, 12, 0, 0, 4096)
      kernel.addFour(1024, 12, 30, 0, 4096)
      kernel.addFour(1024 + 30 * 12, 12, 30, 480, 4096)
    })
    expect(twice).toEqual(sumsOf(created(make), (kernel) => kernel.addFour(1024, 12, 60, 0, 4096)))
  })

  test('keeps what its memory holds when it grows', () => {
    const kernel = created(make)
    new Float64Array(kernel.reserve(100))[3] = 42
    const longer = kernel.reserve(1_000_000)
    expect(longer.byteLength).toBeGreaterThanOrEqual(1_000_000)
    expect(new Float64Array(longer)[3]).toBe(42)
    expect(kernel.reserve(10)).toBe(longer)
  })
})

test('both kernels give the same sums to the last bit', () => {
  const [first, second] = KERNELS.map(([, make]) =>
    sumsOf(created(make), (kernel) => {
      kernel.addFour(1024, 12, 64, 0, 4096)
      kernel.addOne(1032, 12, 64, 0, 8192, 8)
    }),
  )
  expect(first?.some((sum) => sum !== 0)).toBe(true)
  expect(first).toEqual(second)
})
