import { DomainError, invariant } from '../kernel/errors.ts'
import type { Attribute, Constant, GraphModel, GraphNode } from './graph.ts'
import { DOUBLE, FLOAT } from './graph.ts'

/** What the caller names in an exported file. */
export interface ExportOptions {
  /** Name of the input, 32-bit floats of shape [rows, nFeatures], NaN where missing. */
  input: string
  /** Name of the output, 32-bit floats of shape [rows, nOutputs]. */
  output: string
  graphName: string
  /** Names, versions, hashes: key–value pairs readable without running the model. */
  metadata?: Readonly<Record<string, string>>
  /** Names of the features in their order; a JSON array under the metadata key `features`. */
  featureNames?: readonly string[]
}

/**
 * A graph under construction, from one matrix of features to one output.
 *
 * Everything after the input is computed in 64-bit floats, so that the runtime repeats our own arithmetic; names of
 * tensors in between are made up.
 */
export interface GraphBuilder {
  readonly nFeatures: number
  /** Adds an operator of the default set; gives the name of its result. */
  add(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string
  /** Adds the node that `make` builds for a result of the given name. */
  addNode(make: (output: string) => GraphNode): string
  /** A scalar of 64 bits. */
  number(value: number): string
  /** 64-bit floats of a shape, row-major; one dimension unless told. */
  numbers(values: readonly number[], shape?: readonly number[]): string
  integers(values: readonly number[]): string
  /** The features in 64 bits, [rows, nFeatures]. */
  features(): string
  /** Some of the features in 64 bits, [rows, indices.length]. */
  columns(indices: readonly number[]): string
  /** The same values in every row, [rows, values.length], whatever the features are. */
  everyRow(values: readonly number[]): string
  /** Ends the graph with `result`, 64-bit floats of shape [rows, width], as its output. */
  finish(result: string, width: number): GraphModel
}

/** A graph of no node over rows of `nFeatures` features. */
export function createGraphBuilder(nFeatures: number, options: ExportOptions): GraphBuilder {
  const { input, output, featureNames } = options
  invariant(
    featureNames === undefined || featureNames.length === nFeatures,
    `${featureNames?.length} names for ${nFeatures} features`,
  )
  const nodes: GraphNode[] = []
  const constants: Constant[] = []
  const taken = new Set([input, output])
  const known = new Map<string, string>()

  function fresh(stem: string): string {
    let suffix = nodes.length + constants.length
    while (taken.has(`${stem}_${suffix}`)) suffix++
    taken.add(`${stem}_${suffix}`)
    return `${stem}_${suffix}`
  }

  /** What was made before under the same key, so that a value enters the file once. */
  function once(key: string, make: () => string): string {
    const name = known.get(key) ?? make()
    known.set(key, name)
    return name
  }

  function addNode(make: (output: string) => GraphNode, stem = 'result'): string {
    const name = fresh(stem)
    nodes.push(make(name))
    return name
  }

  const builder: GraphBuilder = {
    nFeatures,
    addNode: (make) => addNode(make),
    add: (op, inputs, attributes = {}) =>
      addNode((name) => ({ op, inputs, output: name, attributes }), op.toLowerCase()),
    number: (value) => builder.numbers([value], []),
    numbers(values, shape = [values.length]) {
      const bad = values.find((value) => !Number.isFinite(value))
      if (bad !== undefined) throw new DomainError('model_not_finite', `a number of the model is ${bad}`)
      return once(`double ${shape} ${values.map(literal)}`, () => {
        const name = fresh('number')
        constants.push({ name, doubles: values, shape })
        return name
      })
    },
    integers: (values) =>
      once(`integers ${values}`, () => {
        const name = fresh('integers')
        constants.push({ name, integers: values })
        return name
      }),
    features: () => once('features', () => builder.add('Cast', [input], { to: { int: DOUBLE } })),
    columns(indices) {
      const unknown = indices.find((index) => !(index >= 0 && index < nFeatures))
      if (unknown !== undefined) {
        throw new DomainError('model_column_unknown', `the model reads column ${unknown} of ${nFeatures}`)
      }
      return once(`columns ${indices}`, () =>
        builder.add('Gather', [builder.features(), builder.integers(indices)], { axis: { int: 1 } }),
      )
    },
    everyRow(values) {
      const rows = once('rows', () => builder.add('Shape', [input], { start: { int: 0 }, end: { int: 1 } }))
      const shape = builder.add('Concat', [rows, builder.integers([values.length])], { axis: { int: 0 } })
      return builder.add('Expand', [builder.numbers(values), shape])
    },
    finish(result, width) {
      nodes.push({ op: 'Cast', inputs: [result], output, attributes: { to: { int: FLOAT } } })
      const names = featureNames === undefined ? {} : { features: JSON.stringify(featureNames) }
      return {
        name: options.graphName,
        inputs: [{ name: input, width: nFeatures }],
        outputs: [{ name: output, width }],
        constants,
        nodes,
        metadata: { ...options.metadata, ...names },
      }
    },
  }
  return builder
}

/** A number as text that tells −0 from 0. */
function literal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
