import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const HANDLERS = ['functions/prediction/handler.ts', 'functions/scoring/handler.ts']

/** Runtime files of the WebAssembly are copied beside the bundle, not into it. */
const MAX_BUNDLE_BYTES = 1_500_000

/** What has no business in a function that answers requests. */
const FOREIGN = /node_modules\/(@duckdb|@supabase|aws-cdk|aws-cdk-lib|csv-parse|commander|vitest)\//

describe.each(HANDLERS)('the bundle of %s', (handler) => {
  it('is whole, small, and carries nothing of the pipeline or the command line', async () => {
    const result = await build({
      entryPoints: [handler],
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      minify: true,
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
    const inputs = Object.keys(result.metafile.inputs)
    expect(result.warnings).toEqual([])
    expect(inputs.length).toBeGreaterThan(50)
    expect(inputs.filter((input) => FOREIGN.test(input))).toEqual([])
    expect(result.outputFiles[0]?.contents.length).toBeLessThan(MAX_BUNDLE_BYTES)
  })
})
