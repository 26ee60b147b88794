#!/usr/bin/env node
/**
 * Sends generated requests, valid, nearly valid and invalid, to every operation of the API's OpenAPI document, with right
 * and wrong keys, and holds every answer against the document: no 5xx, bodies as declared, nothing leaked.
 *
 * Without `--url` the whole product is started here, on simulated bets and a trained model. With it, a running API is
 * attacked: with `--key`, which should have every scope, behind its locks as well. Do that to no ledger that you need.
 *
 *     npm run verify:api -- [--requests 20000] [--seed 1] [--url URL --key KEY] [--json]
 *
 * Exits with 1 where any answer is not as it should be, or where nothing valid gets through to an operation.
 */
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import type { FuzzReport } from '../support/fuzz-run.ts'
import { fuzz, neverReached } from '../support/fuzz-run.ts'
import { fetchDocument } from '../support/openapi-document.ts'
import type { FuzzKeys } from '../support/openapi-fuzzer.ts'
import { startRunningApi } from '../support/running-api.ts'
import { fuzzKeysOf } from '../support/test-keys.ts'

const SHOWN_FAILURES = 20

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string' },
    key: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) {
  process.stdout.write('verify:api [--requests 20000] [--seed 1] [--url URL --key KEY] [--json]\n')
} else process.exitCode = await main()

async function main(): Promise<number> {
  const begin = performance.now()
  const report = options.url === undefined ? await attackOwn() : await attackOther(options.url, options.key)
  process.stderr.write('\n')
  const seconds = (performance.now() - begin) / 1000
  const unreached = neverReached(report)
  process.stdout.write(options.json ? `${jsonOf(report, unreached)}\n` : `${textOf(report, unreached, seconds)}\n`)
  return report.failures.length > 0 || unreached.length > 0 || report.requests === 0 ? 1 : 0
}

async function attackOwn(): Promise<FuzzReport> {
  await using api = await startRunningApi()
  return await attack(api.url, fuzzKeysOf(api.keys), api.keys.all, false)
}

function attackOther(url: string, key: string | undefined): Promise<FuzzReport> {
  const keys: FuzzKeys = { right: () => key, unknown: `cl_live_${'U'.repeat(43)}`, malformed: 'cl_live_short' }
  return attack(url, keys, key, true)
}

async function attack(
  url: string,
  keys: FuzzKeys,
  documentKey: string | undefined,
  isLimited: boolean,
): Promise<FuzzReport> {
  const document = await fetchDocument(url, documentKey)
  const requests = Number(options.requests)
  const onProgress = (done: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${requests} requests`)
  }
  return fuzz({ url, document, keys, requests, seed: Number(options.seed), judge: { isLimited }, onProgress })
}

function textOf(report: FuzzReport, unreached: readonly string[], seconds: number): string {
  const rows = [...report.counts].map(([operation, counts]) => {
    const { succeeded = 0, sent = 0 } = report.accepted.get(operation) ?? {}
    const statuses = [...counts].sort(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`)
    return [operation, `${succeeded} of ${sent}`, statuses.join('  ')]
  })
  const failures = report.failures
    .slice(0, SHOWN_FAILURES)
    .flatMap((failure) => [
      '',
      `${failure.operation}, ${failure.note}, key ${failure.access}, answered ${failure.status ?? 'nothing'}:`,
      ...failure.complaints.map((complaint) => `  ${complaint}`),
      `  ${failure.curl}`,
    ])
  const count = report.failures.length
  return [
    table([['operation', 'valid accepted', 'answers by status'], ...rows]),
    '',
    `${report.requests} requests with seed ${options.seed} in ${seconds.toFixed(1)} s: ${count} answers are not as they should be`,
    ...unreached.map((operation) => `${operation}: no valid request was accepted`),
    ...failures,
  ].join('\n')
}

function jsonOf({ requests, counts, accepted, failures }: FuzzReport, unreached: readonly string[]): string {
  const byOperation = Object.fromEntries([...counts].map(([name, statuses]) => [name, Object.fromEntries(statuses)]))
  return JSON.stringify(
    { requests, counts: byOperation, accepted: Object.fromEntries(accepted), unreached, failures },
    null,
    2,
  )
}
