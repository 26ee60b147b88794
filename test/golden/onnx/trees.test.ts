import { expect, test } from 'vitest'
import { sigmoid } from '../../../shared/kernel/numeric.ts'
import { describeOnnx } from '../../../shared/onnx/read.ts'
import { readTreeEnsembles } from '../../../shared/onnx/read-trees.ts'
import type { TreeEnsemble } from '../../../shared/trees/ensemble.ts'
import { ensembleScores } from '../../../shared/trees/ensemble.ts'
import golden from './trees.json' with { type: 'json' }

/** Results of an ensemble, its link included, row by row. */
function results(ensemble: TreeEnsemble, rows: readonly (number | null)[][]): number[][] {
  const columns = Array.from({ length: ensemble.nFeatures }, (_, f) =>
    Float32Array.from(rows, (row) => row[f] ?? Number.NaN),
  )
  const scores = ensembleScores(ensemble, { nRows: rows.length, columns })
  return rows.map((_, r) => {
    const raw = scores.map((output) => output[r] ?? Number.NaN)
    if (ensemble.link === 'logistic') return raw.map(sigmoid)
    const total = raw.reduce((sum, score) => sum + Math.exp(score), 0)
    return ensemble.link === 'softmax' ? raw.map((score) => Math.exp(score) / total) : raw
  })
}

const lastOnes = (scores: number[][]) => scores.map((row) => row.slice(-1))

test.each([
  ['modes', golden.modes, golden.modes.scores],
  ['votes', golden.votes, golden.votes.scores],
  ['two_classes', golden.two_classes, lastOnes(golden.two_classes.scores)],
  ['three_classes', golden.three_classes, golden.three_classes.scores],
  ['wide', golden.wide, golden.wide.scores],
])('the trees read from %s score as ONNX Runtime scores the file', (_, { onnx, x }, theirs) => {
  const [read, ...others] = readTreeEnsembles(Buffer.from(onnx, 'base64'))
  expect(others).toEqual([])
  expect(read).toMatchObject({ reads: 'x', hasCover: false, ensemble: { nFeatures: 4 } })
  for (const { left, right } of read?.ensemble.trees ?? []) {
    for (const children of [left, right])
      for (const [node, child] of children.entries()) expect(child === -1 || child > node).toBe(true)
  }
  const ours = read === undefined ? [] : results(read.ensemble, x)
  expect(ours).toHaveLength(60)
  for (const [r, row] of ours.entries()) {
    expect(row).toHaveLength(theirs[r]?.length ?? 0)
    for (const [k, value] of row.entries()) expect(Math.abs(value - (theirs[r]?.[k] ?? Number.NaN))).toBeLessThan(1e-6)
  }
})

test('a file of another tool is described: element types, shapes, producer, operator sets', () => {
  expect(describeOnnx(Buffer.from(golden.three_classes.onnx, 'base64'))).toEqual({
    irVersion: 8,
    producer: 'onnx.helper',
    graphName: 'g',
    inputs: [{ name: 'x', elementType: 'float', shape: ['n', 4] }],
    outputs: [
      { name: 'label', elementType: 'string', shape: ['n'] },
      { name: 'p', elementType: 'float', shape: ['n', 3] },
    ],
    opsets: { 'ai.onnx': 17, 'ai.onnx.ml': 3 },
    metadata: {},
  })
})
