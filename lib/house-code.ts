import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AssetHashType, DockerImage } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import type { Metafile } from 'esbuild'
import { buildSync } from 'esbuild'
import type { FunctionName } from '../shared/config/stage.ts'
import { BINDING_PACKAGES, duckdbBinding } from './duckdb-binding.ts'
import type { StageConfig } from './stages.ts'

type Architecture = StageConfig['architecture']

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const WASM = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'
const DUCKDB_API = '@duckdb/node-api'
const DUCKDB_BINDINGS = '@duckdb/node-bindings'
/** What a package has that nothing at run time reads. */
const UNREAD = /\.(d\.ts|map|md)$/

/** Modules in the format of CommonJS ask for Node's own by `require`, which there is none of in ES modules. */
const BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);"

/**
 * The code of `functions/NAME/handler.ts` as Lambda gets it: a minified ES module for the start, others for what is
 * imported at first use, and beside them the files that they need at run time, which are seen from what they import. The
 * same commit gives the same bytes, wherever it is checked out.
 */
export function houseCode(name: FunctionName, architecture: Architecture): Code {
  return Code.fromAsset(join(ROOT, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Asked for only where bundling here does not answer, and it always does.
      image: DockerImage.fromRegistry('unused'),
      // Nobody reads them; by them CDK tells one function's code from another's.
      environment: { NAME: name, ARCHITECTURE: architecture },
      local: {
        tryBundle(folder) {
          bundleFunction({ name, architecture, folder })
          return true
        },
      },
    },
  })
}

/**
 * Writes a function's code into a folder.
 *
 * @throws {Error} where it has no handler, does not compile, or DuckDB's code for the architecture is not to be had
 */
export function bundleFunction(options: { name: FunctionName; architecture: Architecture; folder: string }): void {
  const { name, architecture, folder } = options
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: { index: `functions/${name}/handler.ts` },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported at first use stays in files of its own: a start neither reads nor compiles them.
    splitting: true,
    chunkNames: '[name]-[hash]',
    // The hashes are of paths too: one to where a link leads would tell where that is.
    preserveSymlinks: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: [DUCKDB_API],
    banner: { js: BANNER },
    legalComments: 'none',
    charset: 'utf8',
    // Never written to the asset: it would tell where it was built.
    metafile: true,
    logLevel: 'error',
  })
  if (imports(metafile, 'onnxruntime-web')) copy(join(ROOT, WASM), join(folder, 'ort-wasm-simd-threaded.wasm'))
  if (isDuckdbUsed(metafile)) copyDuckdb(folder, architecture)
  makeReadable(folder)
}

function imports({ inputs }: Metafile, packageName: string): boolean {
  return Object.keys(inputs).some((path) => path.includes(`node_modules/${packageName}/`))
}

function isDuckdbUsed({ outputs }: Metafile): boolean {
  return Object.values(outputs).some(({ imports }) => imports.some(({ path }) => path === DUCKDB_API))
}

/** DuckDB finds its compiled code by package names, so it is left in packages. */
function copyDuckdb(folder: string, architecture: Architecture): void {
  const binding = BINDING_PACKAGES[architecture]
  const modules = join(folder, 'node_modules')
  copyPackage(join(ROOT, 'node_modules', DUCKDB_API), join(modules, DUCKDB_API))
  copyPackage(join(ROOT, 'node_modules', DUCKDB_BINDINGS), join(modules, DUCKDB_BINDINGS))
  copyPackage(duckdbBinding(ROOT, architecture), join(modules, binding))
}

function copyPackage(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || UNREAD.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    copy(path, join(to, path.slice(from.length)))
  }
}

function copy(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is missing: run npm ci`)
  mkdirSync(join(to, '..'), { recursive: true })
  copyFileSync(from, to)
}

/** Lambda runs code as another user: what only its owner may read would not start, and some umask makes it so. */
function makeReadable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true })) {
    const path = join(folder, String(entry))
    chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644)
  }
}
