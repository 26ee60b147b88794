import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../../shared/kernel/errors.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { describeOnnx } from '../../shared/onnx/read.ts'
import { readTreeEnsembles } from '../../shared/onnx/read-trees.ts'
import { singleOutput } from '../../shared/trees/ensemble.ts'
import { EXPORT, randomTrees } from '../support/onnx-models.ts'

const trees = singleOutput(randomTrees(createRng(9), 5, 3), 5)
const FILE = encodeBlend(
  {
    nFeatures: 5,
    members: [{ name: 'forest', weight: 1, member: { kind: 'forest', trees } }],
    intercept: 0,
    calibrator: { kind: 'isotonic', scores: [0, 1], probabilities: [0.2, 0.8] },
  },
  { ...EXPORT, metadata: { version: 'v1' } },
)

/** Reads all that can be read; whether the bytes were refused. Anything thrown but a refusal fails the test. */
function isRefused(bytes: Uint8Array): boolean {
  let refused = false
  for (const read of [describeOnnx, readTreeEnsembles]) {
    try {
      read(bytes)
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) throw thrown
      expect(['corrupt_model', 'unsupported_model']).toContain(thrown.code)
      refused = true
    }
  }
  return refused
}

const at = fc.integer({ min: 0, max: FILE.length - 1 })
const flips = fc.array(fc.tuple(at, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 })

test('a file with flipped bytes is read or refused, never anything else', () => {
  let refused = 0
  fc.assert(
    fc.property(flips, (changes) => {
      const bytes = FILE.slice()
      for (const [index, mask] of changes) bytes[index] = (bytes[index] ?? 0) ^ mask
      if (isRefused(bytes)) refused++
    }),
    { numRuns: 800, seed: 7 },
  )
  expect(refused).toBeGreaterThan(100)
})

test('a file cut short is refused wherever it is cut, but between its last fields', () => {
  expect(isRefused(FILE)).toBe(false)
  let read = 0
  for (let length = 0; length < FILE.length; length++) if (!isRefused(FILE.subarray(0, length))) read++
  // After the graph stand two operator sets and one entry of metadata: three cuts leave whole fields.
  expect(read).toBe(3)
})

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      isRefused(bytes)
    }),
    { numRuns: 1000, seed: 8 },
  )
})
