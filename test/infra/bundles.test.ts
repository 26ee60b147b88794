import { execFile } from 'node:child_process'
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
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

/** Beside the module that starts, one for each that is imported at first use, and what several of them share. */
const MAX_FILES = 45

/** What has no business in a function that answers requests. */
const FOREIGN = /node_modules\/(@duckdb|aws-cdk|aws-cdk-lib|csv-parse|commander|vitest|prom-client|cli-progress)\//
const NO_MODEL = /node_modules\/onnxruntime-web\//
const NO_DATABASE = /node_modules\/@supabase\//
/** The authorizer decides on keys: it knows neither bets nor HTTP apps. */
const NO_APP = /node_modules\/(onnxruntime-web|@supabase|hono|@hono|@aws-sdk\/client-(eventbridge|cloudwatch))\//

const WASM = 'ort-wasm-simd-threaded.wasm'

/** What a start may compile, as it is minified: some 80 ms a megabyte. */
const API_FUNCTIONS = [
  { name: 'prediction', unneeded: [NO_DATABASE], maxStartBytes: 1.15 * MEGABYTE, beside: [WASM] },
  { name: 'scoring', unneeded: [NO_MODEL], maxStartBytes: 1.1 * MEGABYTE, beside: [] },
  { name: 'authorizer', unneeded: [NO_APP], maxStartBytes: 0.55 * MEGABYTE, beside: [] },
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

/** Bytes of a module and of all that it imports, but for what it imports at first use. */
async function startBytes(folder: string, file: string, known = new Set<string>()): Promise<number> {
  if (known.has(file)) return 0
  known.add(file)
  const code = await readFile(join(folder, file), 'utf8')
  let bytes = (await stat(join(folder, file))).size
  for (const [, imported = ''] of code.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.mjs)"/g)) {
    bytes += await startBytes(folder, imported, known)
  }
  return bytes
}

describe.each(API_FUNCTIONS)('the bundle of $name', ({ name, unneeded, beside }) => {
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
    expect(measured.files).toContain('index.mjs')
    expect(measured.files.filter((file) => !file.endsWith('.mjs'))).toEqual(beside)
    expect(measured.files.length).toBeLessThan(MAX_FILES)
    expect(measured.zipBytes).toBeGreaterThan(100_000)
    expect(measured.zipBytes).toBeLessThan(MAX_ZIP_BYTES)
  })
})

describe.each(API_FUNCTIONS)('the start of $name', ({ name, maxStartBytes }) => {
  it('compiles no code that waits for its first use', async () => {
    await using folder = await temporaryFolder()
    bundleFunction({ name, architecture: 'arm64', folder: folder.path })
    const bytes = await startBytes(folder.path, 'index.mjs')
    expect(bytes).toBeGreaterThan(100_000)
    expect(bytes).toBeLessThan(maxStartBytes)
  })
})

describe('the bundled scorer', () => {
  it('runs a model in a folder that holds nothing but itself and the WebAssembly file', async () => {
    await using folder = await temporaryFolder()
    const { outputFiles } = await bundle('shared/adapters/onnx-scorer.ts')
    await writeFile(join(folder.path, 'scorer.mjs'), outputFiles[0]?.contents ?? '')
    await copyFile(join('node_modules/onnxruntime-web/dist', WASM), join(folder.path, WASM))
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
