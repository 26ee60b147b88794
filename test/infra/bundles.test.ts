import { execFile } from 'node:child_process'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { bundleFunction } from '../../lib/house-code.ts'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../../shared/recipe/model-ports.ts'
import { PLAIN_MARKET } from '../support/models.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const MEGABYTE = 1_000_000

/** Runtime files of the WebAssembly are copied beside the bundle, not into it. */
const MAX_BUNDLE_BYTES = 1.9 * MEGABYTE
/** Of the asset, compressed as a zip compresses it. */
const MAX_ZIP_BYTES = 5 * MEGABYTE

/** What has no business in a function that answers requests. */
const FOREIGN = /node_modules\/(@duckdb|aws-cdk|aws-cdk-lib|csv-parse|commander|vitest|prom-client|cli-progress)\//
const NO_MODEL = /node_modules\/onnxruntime-web\//
const NO_DATABASE = /node_modules\/@supabase\//
/** The authorizer decides on keys: it knows neither bets nor HTTP apps. */
const NO_APP = /node_modules\/(onnxruntime-web|@supabase|hono|@hono|@aws-sdk\/client-(eventbridge|cloudwatch))\//

const API_FUNCTIONS = [
  { name: 'prediction', unneeded: [NO_DATABASE], files: ['index.mjs', 'ort-wasm-simd-threaded.wasm'] },
  { name: 'scoring', unneeded: [NO_MODEL], files: ['index.mjs'] },
  { name: 'authorizer', unneeded: [NO_APP], files: ['index.mjs'] },
] as const

function bundle(entryPoint: string) {
  return build({
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
}

/** Bytes of the files of a folder, as they are and deflated one by one. */
async function measure(folder: string): Promise<{ files: string[]; bytes: number; zipBytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  let [bytes, zipBytes] = [0, 0]
  for (const path of paths) {
    const body = await readFile(path)
    bytes += body.length
    zipBytes += (await promisify(deflateRaw)(body)).length
  }
  return { files: paths.map((path) => path.slice(folder.length + 1)).sort(), bytes, zipBytes }
}

describe.each(API_FUNCTIONS)('the bundle of $name', ({ name, unneeded, files }) => {
  it('is whole, small, and carries nothing of the pipeline or the command line', async () => {
    const result = await bundle(`functions/${name}/handler.ts`)
    const inputs = Object.keys(result.metafile.inputs)
    expect(result.warnings).toEqual([])
    expect(inputs.length).toBeGreaterThan(50)
    const isForeign = (input: string) => [FOREIGN, ...unneeded].some((pattern) => pattern.test(input))
    expect(inputs.filter(isForeign)).toEqual([])
    expect(result.outputFiles[0]?.contents.length).toBeLessThan(MAX_BUNDLE_BYTES)
  })

  it('is deployed as few files, one of WebAssembly at most, in a zip below 5 MB', async () => {
    await using folder = await temporaryFolder()
    bundleFunction({ name, architecture: 'arm64', folder: folder.path })
    const measured = await measure(folder.path)
    expect(measured.files).toEqual(files)
    expect(measured.zipBytes).toBeGreaterThan(100_000)
    expect(measured.zipBytes).toBeLessThan(MAX_ZIP_BYTES)
  })
})

describe('the bundled scorer', () => {
  it('runs a model in a folder that holds nothing but itself and the WebAssembly file', async () => {
    await using folder = await temporaryFolder()
    const { outputFiles } = await bundle('shared/adapters/onnx-scorer.ts')
    await writeFile(join(folder.path, 'scorer.mjs'), outputFiles[0]?.contents ?? '')
    const wasm = 'ort-wasm-simd-threaded.wasm'
    await copyFile(join('node_modules/onnxruntime-web/dist', wasm), join(folder.path, wasm))
    const onnx = encodeBlend(PLAIN_MARKET, { input: MODEL_INPUT, output: MODEL_OUTPUT, graphName: 'test' })
    await writeFile(join(folder.path, 'model.onnx'), onnx)
    const script = `
      import { readFile } from 'node:fs/promises'
      import { onnxScorer } from './scorer.mjs'
      const scorer = await onnxScorer(await readFile('model.onnx'), ${WIN_PROBABILITY_INPUTS.length})
      console.log((await scorer.score(new Float32Array(${WIN_PROBABILITY_INPUTS.length}), 1))[0])`
    const args = ['--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder.path })
    expect(stdout.trim()).toBe('0.5')
  })
})
