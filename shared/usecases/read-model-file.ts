import * as z from 'zod'
import { FEATURES } from '../features/registry.ts'
import { importModel } from '../interchange/import-model.ts'
import type { ImportedModel } from '../interchange/imported-model.ts'
import { DomainError } from '../kernel/errors.ts'
import { sigmoid } from '../kernel/numeric.ts'
import { encodeEnsemble } from '../onnx/encode-ensemble.ts'
import type { OnnxPort } from '../onnx/read.ts'
import { describeOnnx } from '../onnx/read.ts'
import { MessageWriter } from '../onnx/wire.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../recipe/model-ports.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { TreeEnsemble } from '../trees/ensemble.ts'
import { ensembleScores } from '../trees/ensemble.ts'
import type { FeatureMatrix } from '../trees/matrix.ts'

/** A model that was trained elsewhere, as its file says it, with names of features that are known here. */
export interface ModelFile {
  by: Exclude<ModelManifest['source']['by'], 'closeline'>
  /** Features in the order of the model's input. */
  names: readonly string[]
  /** What the file tells of its making. */
  about: Readonly<Record<string, string | number>>
  /** Undefined where there is only a graph that is not looked into. */
  ensemble: TreeEnsemble | undefined
  /** The model in the form that is served, with key–value pairs of its own. */
  encode(metadata: Readonly<Record<string, string>>): Uint8Array
  /** Probabilities by our own arithmetic; undefined where there is only the graph. */
  predict: ((matrix: FeatureMatrix) => Float64Array) | undefined
}

/** Key of ONNX's metadata under which the names of the features stand, a JSON array. */
const NAMES_KEY = 'features'

const NAMES_HINT = '--features a,b,c (or --features FILE.json, an array) names them in the order of the model’s input'

/**
 * Reads a model of XGBoost (JSON), LightGBM (text) or any tool that writes ONNX.
 *
 * @param bytes  of the file
 * @param names  of its features in the order of its input, where the file names none or others
 * @throws {DomainError} `unknown_model_format`; `no_probability` where it gives something else; `no_feature_names`,
 *   `unknown_feature`, `repeated_feature`, `width_mismatch`, `feature_names_differ`; `model_ports` where an ONNX file declares another input or
 *   output; `corrupt_model`, and those of `importModel`
 */
export function readModelFile(bytes: Uint8Array, names: readonly string[] | undefined): ModelFile {
  const text = textOf(bytes)
  return text === undefined ? readOnnx(bytes, names) : readTrees(importModel(text), names)
}

/** The file as text, where it begins as a text model does; undefined where it is to be read as ONNX. */
function textOf(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder().decode(bytes.subarray(0, 64))
  if (!/^(\s*\{|tree\r?\n|\s*$)/.test(start)) return undefined
  return new TextDecoder().decode(bytes)
}

function readTrees(model: ImportedModel, given: readonly string[] | undefined): ModelFile {
  const { library, ensemble, objective } = model
  if (ensemble.link !== 'logistic' || ensemble.nOutputs !== 1) {
    throw new DomainError(
      'no_probability',
      `objective ${objective} gives no win probability: binary:logistic (XGBoost) or binary (LightGBM) is needed`,
    )
  }
  const names = checkedNames(model.featureNames, given, ensemble.nFeatures)
  return {
    by: library,
    names,
    about: { library, libraryVersion: model.version, objective, rounds: model.rounds },
    ensemble,
    encode: (metadata) =>
      encodeEnsemble(ensemble, {
        input: MODEL_INPUT,
        output: MODEL_OUTPUT,
        graphName: `imported-${library}`,
        featureNames: names,
        metadata,
      }),
    predict: (matrix) => (ensembleScores(ensemble, matrix)[0] as Float64Array).map(sigmoid),
  }
}

function readOnnx(bytes: Uint8Array, given: readonly string[] | undefined): ModelFile {
  const { inputs, outputs, producer, graphName, metadata } = describeOnnxFile(bytes)
  const width = widthOf(inputs)
  assertOutput(outputs)
  const names = checkedNames(namesIn(metadata) ?? [], given, width)
  return {
    by: 'onnx',
    names,
    about: { producer, graphName },
    ensemble: undefined,
    encode: (own) => withMetadata(bytes, own),
    predict: undefined,
  }
}

function describeOnnxFile(bytes: Uint8Array): ReturnType<typeof describeOnnx> {
  try {
    return describeOnnx(bytes)
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause
    throw new DomainError(
      'unknown_model_format',
      `neither JSON of XGBoost, nor text of LightGBM, nor whole ONNX: ${cause.message}`,
      { cause },
    )
  }
}

/** The number of features that the input declares; undefined where it leaves it open. */
function widthOf(inputs: readonly OnnxPort[]): number | undefined {
  const [input] = inputs
  const shape = input?.shape
  const fits =
    inputs.length === 1 &&
    input?.name === MODEL_INPUT &&
    input.elementType === 'float' &&
    (shape === undefined || (shape.length === 2 && typeof shape[0] !== 'number'))
  if (!fits) throw wrongPorts(`one input ${MODEL_INPUT}, float [rows, n]`, inputs)
  const width = shape?.[1]
  return typeof width === 'number' ? width : undefined
}

function assertOutput(outputs: readonly OnnxPort[]): void {
  const output = outputs.find(({ name }) => name === MODEL_OUTPUT)
  const shape = output?.shape
  const isOneAPerRow = shape === undefined || shape.length === 1 || (shape.length === 2 && isOneOrOpen(shape[1]))
  if (output?.elementType === 'float' && isOneAPerRow && typeof shape?.[0] !== 'number') return
  throw wrongPorts(`an output ${MODEL_OUTPUT}, float [rows, 1]`, outputs)
}

function isOneOrOpen(length: number | string | null | undefined): boolean {
  return typeof length !== 'number' || length === 1
}

function wrongPorts(needed: string, found: readonly OnnxPort[]): DomainError {
  const said = found.map(({ name, elementType, shape }) => {
    const lengths = shape?.map((length) => length ?? '?').join(', ')
    return `${name}, ${elementType}${lengths === undefined ? '' : ` [${lengths}]`}`
  })
  return new DomainError('model_ports', `the file needs ${needed}; it has ${said.join('; ') || 'none'}`)
}

function namesIn(metadata: Readonly<Record<string, string>>): string[] | undefined {
  const text = metadata[NAMES_KEY]
  if (text === undefined) return undefined
  try {
    return z.array(z.string()).parse(JSON.parse(text))
  } catch {
    // Whatever else stands under this key is somebody's own.
    return undefined
  }
}

const KNOWN: ReadonlySet<string> = new Set(FEATURES.map(({ name }) => name))

/** The names given, or else those of the file, as features in the order of a model of that width. */
function checkedNames(
  own: readonly string[],
  given: readonly string[] | undefined,
  width: number | undefined,
): readonly string[] {
  const names = given ?? own
  assertNames(names, width)
  // Names that are features here already leave nothing to be told otherwise: that would be another order.
  if (own.length > 0 && own.every((name) => KNOWN.has(name)) && own.some((name, f) => name !== names[f])) {
    throw new DomainError(
      'feature_names_differ',
      `the file names its features itself, ${some(own)}: other than --features, which is not needed`,
    )
  }
  return names
}

function assertNames(names: readonly string[], width: number | undefined): void {
  if (names.length === 0)
    throw new DomainError('no_feature_names', `the file does not name its features: ${NAMES_HINT}`)
  if (width !== undefined && names.length !== width) {
    throw new DomainError(
      'width_mismatch',
      `${names.length} feature names for a model of ${width} features: ${NAMES_HINT}`,
    )
  }
  const unknown = names.filter((name) => !KNOWN.has(name))
  if (unknown.length > 0) {
    throw new DomainError(
      'unknown_feature',
      `features of the file that are none here: ${some(unknown)}; closeline features --all lists what there is, ${NAMES_HINT}`,
    )
  }
  const repeated = names.find((name, f) => names.indexOf(name) !== f)
  if (repeated !== undefined) throw new DomainError('repeated_feature', `${repeated} is named twice`)
}

function some(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => JSON.stringify(name))
    .join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}

/** The same graph with key–value pairs added: in the wire format a repeated field may be continued at the end. */
function withMetadata(onnx: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array {
  const added = new MessageWriter()
  for (const [key, value] of Object.entries(metadata)) {
    added.message(METADATA_FIELD, new MessageWriter().text(1, key).text(2, value))
  }
  const tail = added.finish()
  const out = new Uint8Array(onnx.length + tail.length)
  out.set(onnx)
  out.set(tail, onnx.length)
  return out
}

/** `ModelProto.metadata_props`. @see github.com/onnx/onnx, onnx.proto3 */
const METADATA_FIELD = 14
