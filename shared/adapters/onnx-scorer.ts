import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as ort from 'onnxruntime-web/wasm'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../recipe/model-ports.ts'
import { ROI_OUTPUT } from '../recipe/roi-ports.ts'
import type { Scorer } from '../registry/scorer.ts'

const WASM_FILE = 'ort-wasm-simd-threaded.wasm'

let runtime: Promise<void> | undefined

/**
 * A {@link Scorer} on onnxruntime-web (WebAssembly, one thread: trees gain nothing from more).
 *
 * @param onnx       bytes of a model with the input `features` and the output `win_probability`
 * @param nFeatures  width of the input
 * @throws {UpstreamError} where the bytes are no model that runs
 */
export function onnxScorer(onnx: Uint8Array, nFeatures: number): Promise<Scorer> {
  return scorerOf(onnx, nFeatures, MODEL_OUTPUT)
}

/** The same of ROI heads, whose output is `expected_return`. */
export function onnxRoiScorer(onnx: Uint8Array, nFeatures: number): Promise<Scorer> {
  return scorerOf(onnx, nFeatures, ROI_OUTPUT)
}

async function scorerOf(onnx: Uint8Array, nFeatures: number, name: string): Promise<Scorer> {
  await startRuntime()
  const session = await translate('does not load', () => ort.InferenceSession.create(onnx))
  return {
    async score(features, nRows) {
      const output = await translate('failed to run', () =>
        session.run({ [MODEL_INPUT]: new ort.Tensor('float32', features, [nRows, nFeatures]) }),
      )
      const values = output[name]?.data
      if (!(values instanceof Float32Array) || values.length !== nRows) {
        throw new UpstreamError('onnxruntime', `the model has no output ${name} of one value a row`, {
          retryable: false,
        })
      }
      return values
    },
    release: () => session.release(),
  }
}

/** Starts the runtime once for the process; a start that failed is tried again by the next caller. */
function startRuntime(): Promise<void> {
  runtime ??= translate('has no runtime', loadRuntime).catch((thrown: unknown) => {
    runtime = undefined
    throw thrown
  })
  return runtime
}

/** The runtime takes its WebAssembly as bytes, so that it never looks for a file by a path of its own. */
async function loadRuntime(): Promise<void> {
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  const bytes = await readFile(wasmPath())
  ort.env.wasm.wasmBinary = ownBuffer(bytes)
  // A model of no bytes is refused, but only when the runtime has been compiled and runs.
  await ort.InferenceSession.create(new Uint8Array(0)).catch(() => undefined)
}

/** The bytes alone: a buffer of a large file is all of its memory, and copying that would double it. */
function ownBuffer(bytes: Buffer): ArrayBuffer | Uint8Array {
  const { buffer } = bytes
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? buffer : Uint8Array.from(bytes)
}

/** Beside the bundle where this was bundled, else in the package. */
function wasmPath(): string {
  const beside = fileURLToPath(new URL(WASM_FILE, import.meta.url))
  if (existsSync(beside)) return beside
  return join(dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm')), WASM_FILE)
}

async function translate<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new UpstreamError('onnxruntime', `the model ${what}: ${messageOf(cause)}`, { retryable: false, cause })
  }
}
