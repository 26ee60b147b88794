#!/usr/bin/env node
/**
 * Times the start of the functions that answer requests, as they are deployed: the bundled code in a process of its own,
 * which reads its model, its features and its keys from a local S3 server, as Lambda starts it.
 *
 * npm run bench:cold -- [--runs 9] [--budget off]
 *
 * The start is the import of the bundle: code, WebAssembly, reads from S3, the session, the trial of itself. Budgets hold
 * for medians and fail the bench; `--budget off` is for machines that are busy or slow.
 */
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleFunction } from '../../lib/house-code.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { keyOf, TEST_PEPPER } from '../support/access-keys.ts'
import { localS3 } from '../support/local-s3.ts'
import { fillForServing } from '../support/models.ts'
import { blendOfAllKinds } from '../support/serving.ts'
import { simulatedLedger } from '../support/simulated-ledgers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { storeTestKeys } from '../support/test-keys.ts'

/** What `cold-start-process.mjs` tells. */
interface ColdStart {
  /** From nothing to a handler that has tried itself, milliseconds. */
  startMs: number
  /** Of it: the code, what is read from the store (a local one) with the model's session, and the trial of itself. */
  importMs: number
  loadMs: number
  trialMs: number
  /** Time of the processor in it, on all of its threads, Node's own start included. */
  startCpuMs: number
  /** The first two requests, and the median of those after them. */
  firstMs: number
  secondMs: number
  warmMs: number
  /** Resident after the first request, and after some forty: V8 optimizes the WebAssembly meanwhile, and keeps what that took. */
  startMegabytes: number
  warmMegabytes: number
}

/** Infinity where a figure is only told. */
const BUDGETS: Readonly<Record<keyof ColdStart, number>> = {
  startMs: 350,
  importMs: Number.POSITIVE_INFINITY,
  loadMs: Number.POSITIVE_INFINITY,
  trialMs: Number.POSITIVE_INFINITY,
  startCpuMs: Number.POSITIVE_INFINITY,
  firstMs: 10,
  secondMs: 10,
  warmMs: 10,
  startMegabytes: 220,
  warmMegabytes: Number.POSITIVE_INFINITY,
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, budget: { type: 'string', default: 'on' } },
})
const runs = Number(values.runs)
if (!(Number.isInteger(runs) && runs >= 1)) throw new Error(`--runs ${values.runs}: a whole number from 1 on`)

await using s3 = await localS3()
await using folder = await temporaryFolder()
const bucket = await s3.bucket()
const objects = s3ObjectStore(s3.client, bucket)
await fillForServing(objects, simulatedLedger(), blendOfAllKinds())
await storeTestKeys(objects)
const vault = await startVault()

let isOver = false
for (const name of ['prediction', 'scoring', 'authorizer'] as const) {
  const taskRoot = `${folder.path}/${name}`
  bundleFunction({ name, architecture: 'arm64', folder: taskRoot })
  const starts: ColdStart[] = []
  // The first start reads the files from the disk; it is not counted.
  for (let run = 0; run <= runs; run++) {
    const start = await startCold(name, taskRoot)
    if (run > 0) starts.push(start)
  }
  report(name, starts)
}
vault.close()
if (isOver && values.budget !== 'off') process.exitCode = 1

function startCold(name: string, taskRoot: string): Promise<ColdStart> {
  const env = {
    ...{ PATH: process.env.PATH, NODE_ENV: 'production', STAGE: 'dev' },
    ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    ...{ AWS_ENDPOINT_URL_S3: s3.url, AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${portOf(vault)}` },
    ...{ AWS_LAMBDA_FUNCTION_NAME: `closeline-dev-${name}`, AWS_LAMBDA_FUNCTION_VERSION: '1' },
    ...{ ARTEFACT_BUCKET: bucket, KEY_PEPPER_PARAMETER: '/closeline/dev/key-pepper' },
    ...{ SUPABASE_URL: 'http://127.0.0.1:1', SUPABASE_KEY_PARAMETER: '/closeline/dev/supabase-key' },
  }
  const script = fileURLToPath(new URL('cold-start-process.mjs', import.meta.url))
  const child = fork(script, [name, `${taskRoot}/index.mjs`, keyOf(1)], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (start) => resolve(start as ColdStart))
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it had answered`)))
  })
}

function report(name: string, starts: readonly ColdStart[]): void {
  process.stdout.write(`\n${name}, median of ${starts.length} starts (least to most)\n`)
  for (const [what, budget] of Object.entries(BUDGETS)) {
    const sorted = starts.map((start) => start[what as keyof ColdStart]).sort((a, b) => a - b)
    const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((n) => n ?? NaN)
    const holds = median !== undefined && median <= budget
    if (!holds) isOver = true
    const verdict = budget === Number.POSITIVE_INFINITY ? '' : `${holds ? 'within' : 'OVER'} ${budget}`
    const cells = [what.padEnd(18), format(median).padStart(8), `(${format(least)} to ${format(most)})`.padEnd(22)]
    process.stdout.write(`  ${cells.join(' ')} ${verdict}\n`)
  }
}

function format(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(value < 10 ? 2 : 0)
}

/** The parameter store, as far as a secret is asked for. */
async function startVault() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ Parameter: { Name: 'key-pepper', Value: TEST_PEPPER } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: ReturnType<typeof createServer>): number {
  return (server.address() as AddressInfo).port
}
