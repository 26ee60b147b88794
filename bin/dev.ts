#!/usr/bin/env node
import { stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { Command, InvalidArgumentError } from 'commander'
import { nodeKeyMaterial } from '../shared/adapters/node-key-material.ts'
import { VERSION } from '../shared/config/version.ts'
import { DomainError } from '../shared/kernel/errors.ts'
import { startAlertDelivery } from './alert-delivery.ts'
import { thresholdsHere } from './commands/thresholds.ts'
import type { RunningProduct } from './compose-product.ts'
import { composeProduct } from './compose-product.ts'
import { createDailyCheck } from './daily.ts'
import { ensureDevelopmentKey } from './development-key.ts'
import { exitingWithCode, exitOnUsage } from './failure.ts'
import { fileLogger } from './file-logger.ts'
import { updateHourly } from './hourly.ts'
import type { Gate } from './listening.ts'
import { closeServer, createGate, listen } from './listening.ts'
import type { StartCommand } from './prepare-product.ts'
import { prepareProduct } from './prepare-product.ts'
import { stopOnSignal } from './signals.ts'
import { startReport, startSummary } from './summary.ts'
import { terminalProgress } from './terminal.ts'
import { DEFAULT_DATA_DIR, openPepper } from './workspace/data-directory.ts'
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
  origin: string[]
}

const program = new Command('npm start --')
  .description('Closeline on one machine: embedded Supabase, pipeline, training, and the API on a loopback port.')
  .option('--bets <file>', 'bet log to import first: CSV or Parquet, its layout told by the header')
  .option('--port <number>', 'port of the API, 0 for any free one', parsePort, 3000)
  .option('--data <dir>', 'where everything is kept', DEFAULT_DATA_DIR)
  .option('--fresh', 'begin with an empty data directory', false)
  .option('--despite-quality', 'train also on bets that fail the quality gate', false)
  .option(
    '--origin <origin>',
    'origin whose pages may call, such as chrome-extension://ID; may be given more than once',
    (origin: string, before: string[]) => [...before, origin],
    [] as string[],
  )
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
    const apiKey = await ensureDevelopmentKey(workspace)
    const product = composeHere(workspace, options)
    await product.refresh()
    gate.open(product.fetch)
    const started = { url, apiKey, seconds: (performance.now() - begin) / 1000 }
    const report = options.json
      ? `${JSON.stringify(startReport(preparation, started))}\n`
      : startSummary(preparation, started)
    process.stdout.write(report)
    const updates = updateHourly(workspace, thresholdsHere(), { daily: createDailyCheck(workspace) })
    const alerts = startAlertDelivery(workspace)
    const looks = setInterval(product.refreshIfStale, REFRESH_MS / 4)
    await stopping
    clearInterval(looks)
    await Promise.all([updates.stop(), alerts.stop(), product.flush()])
    return true
  } finally {
    await workspace.close()
  }
}

/** The API over a workspace, on this machine alone. */
function composeHere(workspace: Workspace, { origin: origins }: StartOptions): RunningProduct {
  const { objects, events, clock, newId, directory } = workspace
  return composeProduct({
    ...{ objects, events, clock, newId, origins },
    ...{ supabaseUrl: workspace.supabaseUrl, supabaseSecretKey: directory.keys.secretKey },
    openHasher: async () => nodeKeyMaterial(await openPepper(directory)),
    logger: fileLogger(directory.logFile),
    refreshMs: REFRESH_MS,
    isPipelineScheduled: true,
  })
}

function startCommand({ bets, despiteQuality }: StartOptions): StartCommand {
  return { betsPath: bets, despiteQuality, thresholds: thresholdsHere() }
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
