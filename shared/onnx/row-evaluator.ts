import { DomainError } from '../kernel/errors.ts'
import { DOUBLE, INT64 } from './graph.ts'
import { constantsOf } from './graph-reading.ts'
import { sumOfTrees } from './packed-trees.ts'
import type { OnnxNode } from './read.ts'
import { describeOnnx, readNodes } from './read.ts'
import type { ReadEnsemble } from './read-trees.ts'
import { readTreeEnsembles } from './read-trees.ts'
import type { Computed, RowTensor } from './row-operators.ts'
import { constantTensor, ROW_OPERATORS, rowTensor } from './row-operators.ts'

/** An ONNX file made ready to be computed a row at a time. */
export interface RowEvaluator {
  /** Width of a row. */
  nFeatures: number
  /** Name of the result in the file. */
  output: string
  /**
   * Computes rows.
   *
   * @param features  row-major, [nRows, nFeatures], NaN where missing
   * @returns         [nRows], what ONNX Runtime gives to the rounding of a 64-bit step: nearly always the same bits
   */
  evaluate(features: Float32Array, nRows: number): Float32Array
}

/**
 * Makes a file ready whose graph goes from one matrix of features to one value a row by operators that are known here,
 * and computes it by these, one after the other; undefined where the graph is another, whatever it computes, and where
 * it cannot be read: ONNX Runtime takes more, and says what is wrong.
 */
export function createRowEvaluator(bytes: Uint8Array): RowEvaluator | undefined {
  try {
    return readRows(bytes)
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** @throws {DomainError} `corrupt_model`, `unsupported_model` */
function readRows(bytes: Uint8Array): RowEvaluator | undefined {
  const { inputs, outputs } = describeOnnx(bytes)
  const [input, output] = [inputs[0], outputs[0]]
  const width = input?.shape?.[1]
  const isMatrix = input?.elementType === 'float' && typeof width === 'number'
  if (inputs.length !== 1 || outputs.length !== 1 || output === undefined || !isMatrix) return undefined
  const row = rowTensor('float', width)
  const graph = prepare(bytes, input.name, row)
  const result = graph?.tensors.get(output.name)
  if (graph === undefined || result?.type !== 'float' || result.values.length !== 1) return undefined
  const { steps } = graph
  return {
    nFeatures: width,
    output: output.name,
    evaluate(features, nRows) {
      const results = new Float32Array(nRows)
      for (let r = 0; r < nRows; r++) {
        for (let f = 0; f < width; f++) row.values[f] = features[r * width + f] as number
        for (let s = 0; s < steps.length; s++) (steps[s] as () => void)()
        results[r] = result.values[0] as number
      }
      return results
    },
  }
}

/** The steps of a graph in its order, and the tensors that they write by their names. */
interface Prepared {
  tensors: ReadonlyMap<string, RowTensor>
  steps: readonly (() => void)[]
}

function prepare(bytes: Uint8Array, input: string, row: RowTensor): Prepared | undefined {
  const tensors = new Map<string, RowTensor>([[input, row], ...constants(bytes)])
  const ensembles = readTreeEnsembles(bytes)
  const steps: (() => void)[] = []
  let treesRead = 0
  for (const node of readNodes(bytes)) {
    const operands = node.inputs.map((name) => tensors.get(name))
    if (!operands.every((tensor) => tensor !== undefined)) return undefined
    const isOfTrees = node.domain === 'ai.onnx.ml'
    const computed = isOfTrees
      ? prepareTrees(ensembles[treesRead++], operands[0], { input, width: row.values.length })
      : prepareOperator(node, operands, input)
    const [name] = node.outputs
    if (computed === undefined || name === undefined || node.outputs.length !== 1) return undefined
    tensors.set(name, computed.tensor)
    if (computed.step !== undefined) steps.push(computed.step)
  }
  return { tensors, steps }
}

function prepareOperator(node: OnnxNode, inputs: readonly RowTensor[], input: string): Computed | undefined {
  if (node.domain !== '') return undefined
  // Asked of the input alone, for the number of rows: here there is one.
  if (node.op === 'Shape') return node.inputs[0] === input ? rowCount(node) : undefined
  const attributes = node.attributes()
  return ROW_OPERATORS.get(node.op)?.({ inputs, attribute: (name) => attributes.get(name)?.integer(3) })
}

function rowCount(node: OnnxNode): Computed | undefined {
  const attributes = node.attributes()
  const [start, end] = [attributes.get('start')?.integer(3) ?? 0, attributes.get('end')?.integer(3)]
  return start === 0 && end === 1 ? { tensor: constantTensor('int64', [1]) } : undefined
}

/** Trees over the features in 64 bits, of one output: their sum, rounded to 32 bits where it leaves the operator. */
function prepareTrees(
  read: ReadEnsemble | undefined,
  features: RowTensor | undefined,
  { input, width }: { input: string; width: number },
): Computed | undefined {
  if (read?.reads !== input || features?.type !== 'double' || features.values.length !== width) return undefined
  const { ensemble } = read
  const isPlain = ensemble.nOutputs === 1 && ensemble.link === 'identity' && ensemble.baseScores[0] === 0
  if (!isPlain || read.operator !== 'TreeEnsembleRegressor') return undefined
  const sum = sumOfTrees(ensemble.trees)
  const tensor = rowTensor('float', 1)
  const step = () => {
    tensor.values[0] = Math.fround(sum(features.values))
  }
  return { tensor, step }
}

function* constants(bytes: Uint8Array): Generator<[string, RowTensor]> {
  for (const tensor of constantsOf(bytes)) {
    const name = tensor.text(8) ?? ''
    if (tensor.integer(2) === DOUBLE) yield [name, constantTensor('double', tensor.doubles(10))]
    else if (tensor.integer(2) === INT64) yield [name, constantTensor('int64', tensor.integers(7))]
  }
}
