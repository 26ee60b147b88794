import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { encodeBlend } from '../../shared/onnx/encode-blend.ts'
import { WIN_PROBABILITY_INPUTS } from '../../shared/recipe/inputs.ts'
import { MODEL_INPUT, MODEL_OUTPUT } from '../../shared/recipe/model-ports.ts'
import { PLAIN_MARKET } from '../support/models.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Runtime files of the WebAssembly are copied beside the bundle, not into it. */
const MAX_BUNDLE_BYTES = 1_800_000

/** What has no business in a function that answers requests. */
const FOREIGN = /node_modules\/(@duckdb|aws-cdk|aws-cdk-lib|csv-parse|commander|vitest|prom-client)\//

/** Predictions know no database; scores are made of memory, but bets and opportunities are kept in one. */
const HANDLERS = [
  ['functions/prediction/handler.ts', /node_modules\/@supabase\//],
  ['functions/scoring/handler.ts', /node_modules\/onnxruntime-web\//],
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

describe.each(HANDLERS)('the bundle of %s', (handler, unneeded) => {
  it('is whole, small, and carries nothing of the pipeline or the command line', async () => {
    const result = await bundle(handler)
    const inputs = Object.keys(result.metafile.inputs)
    expect(result.warnings).toEqual([])
    expect(inputs.length).toBeGreaterThan(50)
    expect(inputs.filter((input) => FOREIGN.test(input) || unneeded.test(input))).toEqual([])
    expect(result.outputFiles[0]?.contents.length).toBeLessThan(MAX_BUNDLE_BYTES)
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
