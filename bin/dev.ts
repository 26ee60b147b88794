#!/usr/bin/env node
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { Command, InvalidArgumentError } from 'commander'
import { composePrediction } from '../functions/prediction/compose.ts'
import { composeScoring } from '../functions/scoring/compose.ts'
import { jsonLogger } from '../shared/adapters/json-logger.ts'
import { VERSION } from '../shared/config/version.ts'
import { createApi } from '../shared/http/api.ts'
import { mountDocs } from '../shared/http/docs.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import type { Logger } from '../shared/kernel/ports.ts'
import { thresholdsHere } from './commands/thresholds.ts'
import { exitingWithCode, exitOnUsage } from './failure.ts'
import type { Fetch } from './gateway.ts'
import { createGateway } from './gateway.ts'
import { updateHourly } from './hourly.ts'
import type { Gate } from './listening.ts'
import { closeServer, createGate, listen } from './listening.ts'
import type { StartCommand } from './prepare-product.ts'
import { prepareProduct } from './prepare-product.ts'
import { stopOnSignal } from './signals.ts'
import { startReport, startSummary } from './summary.ts'
import { terminalProgress } from './terminal.ts'
import { DEFAULT_DATA_DIR } from './workspace/data-directory.ts'
import type { Workspace } from './workspace/workspace.ts'
import { openWorkspace } from './workspace/workspace.ts'

const REFRESH_MS = 60_000

interface StartOptions {
  bets?: string
  port: number
  data: string
  fresh: boolean
  json: boolean
  despiteQuality: boolean
}

const program = new Command('npm start --')
  .description('Closeline on one machine: embedded Supabase, pipeline, training, and the API on a loopback port.')
  .option('--bets <file>', 'bet log to import first: CSV or Parquet, its layout told by the header')
  .option('--port <number>', 'port of the API, 0 for any free one', parsePort, 3000)
  .option('--data <dir>', 'where everything is kept', DEFAULT_DATA_DIR)
  .option('--fresh', 'begin with an empty data directory', false)
  .option('--despite-quality', 'train also on bets that fail the quality gate', false)
  .option('--json', 'print the summary as JSON', false)
  .version(VERSION)
  .exitOverride(exitOnUsage)
  .action((options: StartOptions) => exitingWithCode(() => start(options)))

await program.parseAsync()

async function start(options: StartOptions): Promise<void> {
  const begin = performance.now()
  // A wrong path or a port in use is told at once, not after a minute of work.
  if (options.bets !== undefined) await assertFile(options.bets)
  const gate = createGate()
  const server = await listen(gate.fetch, options.port)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let hasServed: boolean
  try {
    hasServed = await serveUntilStopped(options, { gate, url, begin })
  } finally {
    await closeServer(server)
  }
  // The lock is gone: what was under way must not go on in a directory that another run may take.
  if (!hasServed) process.exit()
}

/** Prepares and serves. @returns false where it was stopped before it was ready */
async function serveUntilStopped(
  options: StartOptions,
  { gate, url, begin }: { gate: Gate; url: string; begin: number },
): Promise<boolean> {
  const { data: dataDir, fresh } = options
  // Listened for from the start: the database would not bear to be cut off while it is opened, and the lock would stay.
  const stopping = stopOnSignal()
  const workspace = await openWorkspace({ dataDir, fresh, progress: terminalProgress(), whenHeld: 'refuse' })
  try {
    const preparation = await Promise.race([prepareProduct(workspace, startCommand(options)), stopping])
    if (preparation === 'stop') return false
    gate.open(await composeProduct(workspace))
    const seconds = (performance.now() - begin) / 1000
    const report = options.json
      ? `${JSON.stringify(startReport(preparation, url, seconds))}\n`
      : startSummary(preparation, url, seconds)
    process.stdout.write(report)
    const updates = updateHourly(workspace, thresholdsHere())
    await stopping
    await updates.stop()
    return true
  } finally {
    await workspace.close()
  }
}

function startCommand({ bets, despiteQuality }: StartOptions): StartCommand {
  return { betsPath: bets, despiteQuality, thresholds: thresholdsHere() }
}

/** Both apps as their Lambda handlers compose them, on one port. */
async function composeProduct(workspace: Workspace): Promise<Fetch> {
  const { objects, clock } = workspace
  const logger = fileLogger(workspace.directory.logFile)
  const prediction = composePrediction({ objects, clock, logger, version: VERSION, maxModelAgeMs: REFRESH_MS })
  const scoring = composeScoring({ objects, clock, logger, maxRecordAgeMs: REFRESH_MS })
  await prediction.model.refresh()
  // In Lambda requests look for newer state; here nothing is frozen between them, so a timer may.
  setInterval(() => {
    prediction.model.refreshIfStale()
    scoring.record.refreshIfStale()
  }, REFRESH_MS / 4).unref()
  const apps = [scoring.app, prediction.app]
  const front = createApi({ style: { invalidStatus: 422, withEnvelope: false }, logger, clock })
  mountDocs(front, 'Closeline API', apps)
  front.get('/', (c) => c.redirect('/docs'))
  return createGateway(apps, front)
}

function fileLogger(path: string): Logger {
  const stream = createWriteStream(path, { flags: 'a' })
  // A full disk must not end the API: what cannot be logged is said once and then let go.
  stream.once('error', (cause) => process.stderr.write(`closeline: no more lines in ${path}: ${cause.message}\n`))
  stream.on('error', () => {})
  return jsonLogger((line) => stream.write(`${line}\n`))
}

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new DomainError('file_not_readable', `${path}: there is no such file`)
  if (!found.isFile()) throw new DomainError('file_not_readable', `${path} is not a file`)
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port is 0 to 65535.')
  return port
}
