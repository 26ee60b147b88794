import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as ort from 'onnxruntime-web/wasm'
import type { FeatureMatrix } from '../../shared/trees/matrix.ts'
import { toRowMajor } from '../../shared/trees/matrix.ts'

let binary: Promise<void> | undefined

async function loadBinary(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-web/wasm')
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  ort.env.wasm.wasmBinary = (await readFile(join(dirname(entry), 'ort-wasm-simd-threaded.wasm'))).slice().buffer
}

/** Runs any ONNX file whose one input is a float matrix, in onnxruntime-web; the first output, row-major. */
export async function runOnnx(onnx: Uint8Array, matrix: FeatureMatrix): Promise<Float32Array> {
  binary ??= loadBinary()
  await binary
  const session = await ort.InferenceSession.create(onnx)
  try {
    const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]]
    const rows = new ort.Tensor('float32', toRowMajor(matrix), [matrix.nRows, matrix.columns.length])
    const data = (await session.run({ [input]: rows }))[output]?.data
    if (!(data instanceof Float32Array)) throw new Error(`the output ${output} is no float tensor`)
    return data
  } finally {
    await session.release()
  }
}
