import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareProduct } from '../../bin/prepare-product.ts'
import type { Workspace } from '../../bin/workspace/workspace.ts'
import { openWorkspace } from '../../bin/workspace/workspace.ts'
import { invariant } from '../../shared/kernel/errors.ts'
import { silentProgress } from '../../shared/kernel/ports.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { trainMarkets } from '../../shared/usecases/train-markets.ts'
import { ANYTHING_GOES } from './pipeline-deps.ts'

const PREFIX = 'closeline-test-product-'
const BETS = 2000
const SEED = 11
const LONGEST_MAKING_MS = 120_000
const OLD_MS = 6 * 3_600_000

/** What the data directory is made by; HTTP, keys and clients have no part in it. */
const SOURCES = ['bin/prepare-product.ts', 'package-lock.json', 'shared', 'supabase/migrations', import.meta.filename]
const WITHOUT_PART = /^shared\/(http|access|client)\//

const making = new Map<string, Promise<string>>()

/**
 * A data directory with 2,000 simulated bets of a bettor's own, their lake and features, and a model trained on them,
 * which has an edge to find on any day of the year, so that trees are in it.
 *
 * Made once a day for all test files and runs of the same sources, since training takes seconds and copying a tenth of
 * one; it is for copying, never for opening.
 */
export function productTemplate(): Promise<string> {
  return made('full', fill)
}

/** A data directory with a database that has the product's tables and no row, and a market model that knows no market. */
export function emptyTemplate(): Promise<string> {
  return made('empty', async (dataDir) => {
    const workspace = await open(dataDir)
    try {
      await trainMarkets(workspace, [], { evaluate: false })
    } finally {
      await workspace.close()
    }
  })
}

function made(kind: string, make: (dataDir: string) => Promise<void>): Promise<string> {
  const template = making.get(kind) ?? findOrMake(kind, make)
  making.set(kind, template)
  return template
}

async function findOrMake(kind: string, make: (dataDir: string) => Promise<void>): Promise<string> {
  const day = new Date().toISOString().slice(0, 10)
  const template = join(tmpdir(), `${PREFIX}${kind}-${day}-${await fingerprint()}`)
  await waitWhileMade(template)
  if (existsSync(template)) return template
  await removeOld()
  const mark = `${template}.making`
  await mkdir(mark, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'closeline-making-'))
  try {
    const draft = join(folder, 'data')
    await make(draft)
    await rename(draft, template)
  } catch (thrown) {
    // Another run may have been first with the same one.
    if (!existsSync(template)) throw thrown
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(mark, { recursive: true, force: true })
  }
  return template
}

/** Two test files that begin together need not both train; one that was killed over it holds nobody up for long. */
async function waitWhileMade(template: string): Promise<void> {
  for (;;) {
    const mark = await stat(`${template}.making`).catch(() => undefined)
    if (mark === undefined || Date.now() - mark.mtimeMs > LONGEST_MAKING_MS) return
    await sleep(200)
  }
}

async function fill(dataDir: string): Promise<void> {
  const workspace = await open(dataDir)
  try {
    const edges = [{ where: { sport: 'Basketball' }, probabilityShift: 0.3 }]
    const bets = simulateLedger({ seed: SEED, count: BETS, endsAtMs: workspace.clock(), edges })
    const own = bets.map((bet) => ({ ...bet, origin: 'import' as const }))
    await workspace.bets.save(own, { importId: null })
    const command = { betsPath: undefined, despiteQuality: true, thresholds: ANYTHING_GOES }
    const { outcome } = await prepareProduct(workspace, command)
    invariant('candidate' in outcome, 'the simulated ledger gives a model')
    // What was learned serves, proven or not: it is the one that costs something to ask.
    await workspace.registry.moveAlias('champion', outcome.candidate.version, 'a test says so')
  } finally {
    await workspace.close()
  }
}

function open(dataDir: string): Promise<Workspace> {
  return openWorkspace({ dataDir, progress: silentProgress, whenHeld: 'refuse' })
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of await filesOf(source)) {
      if (!WITHOUT_PART.test(file)) hash.update(file).update(await readFile(file))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(resolve(path))).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort()
}

/** Templates of earlier sources: nobody copies them any more. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(tmpdir(), name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true })
  }
}
