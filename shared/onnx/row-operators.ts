import { sigmoid } from '../kernel/numeric.ts'
import { DOUBLE, FLOAT, INT64 } from './graph.ts'

/** A tensor of one row: [1, n], or without its rows [n] or []. */
export interface RowTensor {
  type: 'float' | 'double' | 'int64' | 'bool'
  /** Written by the step that computes it; of a constant, for good. Booleans are 0 and 1. */
  values: Float64Array
  isConstant: boolean
}

/** What an operator is given: its tensors, and its whole numbers among the attributes. */
export interface Operands {
  inputs: readonly RowTensor[]
  attribute(name: string): number | undefined
}

/** A result, and what computes it anew; nothing where it is constant. */
export interface Computed {
  tensor: RowTensor
  step?: () => void
}

/** Makes an operator ready; undefined for operands that it is not known of here. */
type Prepare = (operands: Operands) => Computed | undefined

/**
 * Operators of the default set as {@link import('./graph-builder.ts').createGraphBuilder} uses them: arithmetic in 64-bit
 * floats, results in the order of their operands.
 *
 * @see github.com/onnx/onnx, Operators.md
 */
export const ROW_OPERATORS: ReadonlyMap<string, Prepare> = new Map<string, Prepare>([
  ['Add', binary('double', (a, b) => a + b)],
  ['Sub', binary('double', (a, b) => a - b)],
  ['Mul', binary('double', (a, b) => a * b)],
  ['Div', binary('double', (a, b) => a / b)],
  ['Greater', binary('bool', (a, b) => (a > b ? 1 : 0))],
  ['Equal', binary('bool', (a, b) => (a === b ? 1 : 0))],
  ['Neg', unary('double', (a) => -a)],
  ['Abs', unary('double', Math.abs)],
  ['Exp', unary('double', Math.exp)],
  ['Log', unary('double', Math.log)],
  ['Relu', unary('double', (a) => (a < 0 ? 0 : a))],
  ['Sigmoid', unary('double', sigmoid)],
  ['IsNaN', unary('bool', (a) => (Number.isNaN(a) ? 1 : 0))],
  ['Cast', cast],
  ['Clip', clip],
  ['Concat', concat],
  ['Expand', expand],
  ['Gather', gather],
  ['MatMul', product],
  ['ReduceSum', reduceSum],
  ['Where', where],
])

/** A tensor that steps write. */
export function rowTensor(type: RowTensor['type'], length: number): RowTensor {
  return { type, values: new Float64Array(length), isConstant: false }
}

/** A tensor that is the same for every row. */
export function constantTensor(type: RowTensor['type'], values: ArrayLike<number>): RowTensor {
  return { type, values: Float64Array.from(values), isConstant: true }
}

function unary(type: RowTensor['type'], of: (a: number) => number): Prepare {
  return ({ inputs: [a] }) => (a?.type === 'double' ? mapped(a, type, of) : undefined)
}

function binary(type: RowTensor['type'], of: (a: number, b: number) => number): Prepare {
  return ({ inputs: [a, b] }) => {
    if (a?.type !== 'double' || b?.type !== 'double') return undefined
    const length = broadcastLength([a, b])
    if (length === undefined) return undefined
    const [left, right] = [reader(a), reader(b)]
    const tensor = rowTensor(type, length)
    const out = tensor.values
    const step = () => {
      for (let i = 0; i < length; i++)
        out[i] = of(left.values[i * left.stride] as number, right.values[i * right.stride] as number)
    }
    return { tensor, step }
  }
}

/** condition ? a : b. */
function where({ inputs: [condition, a, b] }: Operands): Computed | undefined {
  if (condition?.type !== 'bool' || a?.type !== 'double' || b?.type !== 'double') return undefined
  const length = broadcastLength([condition, a, b])
  if (length === undefined) return undefined
  const [asked, one, other] = [reader(condition), reader(a), reader(b)]
  const tensor = rowTensor('double', length)
  const out = tensor.values
  const step = () => {
    for (let i = 0; i < length; i++) {
      const chosen = asked.values[i * asked.stride] === 1 ? one : other
      out[i] = chosen.values[i * chosen.stride] as number
    }
  }
  return { tensor, step }
}

/** Moved into the closed interval of two scalars; NaN stays NaN. */
function clip({ inputs: [a, low, high] }: Operands): Computed | undefined {
  const [least, most] = [low?.values[0], high?.values[0]]
  if (a?.type !== 'double' || !low?.isConstant || !high?.isConstant) return undefined
  if (least === undefined || most === undefined) return undefined
  return mapped(a, 'double', (x) => (x < least ? least : x > most ? most : x))
}

function cast({ inputs: [a], attribute }: Operands): Computed | undefined {
  const to = attribute('to')
  if (a?.type === 'float' && to === DOUBLE) return mapped(a, 'double', (x) => x)
  if (a?.type === 'double' && to === FLOAT) return mapped(a, 'float', Math.fround)
  if (a?.type === 'bool' && to === INT64) return mapped(a, 'int64', (x) => x)
  return undefined
}

/** A function of each value. */
function mapped({ values }: RowTensor, type: RowTensor['type'], of: (x: number) => number): Computed {
  const tensor = rowTensor(type, values.length)
  const out = tensor.values
  const step = () => {
    for (let i = 0; i < out.length; i++) out[i] = of(values[i] as number)
  }
  return { tensor, step }
}

/** Some columns of a row, or one entry of a table. */
function gather({ inputs: [data, indices], attribute }: Operands): Computed | undefined {
  if (data?.type !== 'double' || indices?.type !== 'int64') return undefined
  const ofColumns = attribute('axis') === 1 && indices.isConstant
  const ofTable = (attribute('axis') ?? 0) === 0 && data.isConstant && indices.values.length === 1
  if (!ofColumns && !ofTable) return undefined
  const { values } = data
  const at = indices.values
  if (ofColumns && at.some((column) => !(column >= 0 && column < values.length))) return undefined
  const tensor = rowTensor('double', at.length)
  const out = tensor.values
  const step = () => {
    for (let i = 0; i < out.length; i++) out[i] = values[at[i] as number] ?? Number.NaN
  }
  return { tensor, step }
}

/** A row times a column of constants. */
function product({ inputs: [a, b] }: Operands): Computed | undefined {
  if (a?.type !== 'double' || b?.type !== 'double' || !b.isConstant || a.values.length !== b.values.length)
    return undefined
  const [row, column] = [a.values, b.values]
  const tensor = rowTensor('double', 1)
  const out = tensor.values
  const step = () => {
    let sum = 0
    for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (column[i] as number)
    out[0] = sum
  }
  return { tensor, step }
}

/** How many of a row's integers there are in all; along its columns only. */
function reduceSum({ inputs: [a, axes] }: Operands): Computed | undefined {
  if (a?.type !== 'int64' || !axes?.isConstant || axes.values.length !== 1 || axes.values[0] !== 1) return undefined
  const { values } = a
  const tensor = rowTensor('int64', 1)
  const out = tensor.values
  const step = () => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[i] as number
    out[0] = sum
  }
  return { tensor, step }
}

/** Constant integers one after the other: shapes. */
function concat({ inputs }: Operands): Computed | undefined {
  if (!inputs.every(({ type, isConstant }) => type === 'int64' && isConstant)) return undefined
  return {
    tensor: constantTensor(
      'int64',
      inputs.flatMap(({ values }) => [...values]),
    ),
  }
}

/** The same values for every row. */
function expand({ inputs: [values, shape] }: Operands): Computed | undefined {
  if (values?.type !== 'double' || !values.isConstant || shape?.type !== 'int64' || !shape.isConstant) return undefined
  const [rows, width] = shape.values
  const isOneRow = shape.values.length === 2 && rows === 1 && width === values.values.length
  return isOneRow ? { tensor: values } : undefined
}

/** Where the i-th value of a tensor stands when it is stretched: at i · stride. */
function reader({ values }: RowTensor): { values: Float64Array; stride: 0 | 1 } {
  return { values, stride: values.length === 1 ? 0 : 1 }
}

/** Length of what tensors become together; undefined where they do not fit each other. */
function broadcastLength(tensors: readonly RowTensor[]): number | undefined {
  const length = Math.max(...tensors.map(({ values }) => values.length))
  return tensors.every(({ values }) => values.length === length || values.length === 1) ? length : undefined
}
