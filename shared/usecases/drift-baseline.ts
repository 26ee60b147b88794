import * as z from 'zod'
import type { Table } from '../drift/table.ts'
import { pickRows, rowsOf } from '../drift/table.ts'
import { decodeTable, encodeTable } from '../drift/table-bytes.ts'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { ModelManifest } from '../registry/manifest.ts'
import type { DayWindow } from './drift-window.ts'
import { dayOf, dayText, rowsWithin } from './drift-window.ts'

/** Folder of the baselines: each is written once, below its version. */
export const BASELINES_PREFIX = 'drift/baselines/'

/** Names the baseline that checks go by. */
const CURRENT_BASELINE_KEY = `${BASELINES_PREFIX}current.json`

/** Rows that a baseline keeps at most, evenly spaced over its window: a reference of more tells hardly more. */
export const MOST_BASELINE_ROWS = 50_000

/** Where no model says what it learned from, the reference is what came before the current window, so many days at most. */
const TRAILING_DAYS = 730

const headSchema = z.union([
  z.object({ name: z.string(), kind: z.literal('numerical') }),
  z.object({ name: z.string(), kind: z.literal('categorical'), names: z.array(z.string()) }),
])

const baselineSchema = z.object({
  format: z.literal('closeline-drift-baseline/1'),
  version: z.string().regex(/^baseline-[0-9a-f]{12}$/),
  createdAt: z.iso.datetime(),
  /** The model that learned from this window; null where the window is just what came before. */
  modelVersion: z.string().nullable(),
  /** First and last day, UTC, both included. */
  from: z.iso.date(),
  to: z.iso.date(),
  /** Bets of the window, and how many of them are kept. */
  rows: z.int().min(0),
  sampled: z.int().min(0),
  columns: z.array(headSchema),
  file: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) }),
})

/** What bets are compared with, without the bets. */
export type BaselineManifest = z.infer<typeof baselineSchema>

export interface Baseline {
  manifest: BaselineManifest
  table: Table
}

const currentSchema = z.object({ version: z.string(), since: z.iso.datetime() })

/**
 * The window that a baseline is made of: what the model learned from; where none did, or it learned elsewhere, the days
 * before the current window.
 */
export function baselineWindow(champion: ModelManifest | undefined, current: DayWindow): DayWindow {
  const { learnedFrom = null, learnedTo = null } = champion?.ledger ?? {}
  if (learnedFrom === null || learnedTo === null) {
    return { fromDay: current.fromDay - TRAILING_DAYS, toDay: current.fromDay }
  }
  return { fromDay: dayOf(Date.parse(learnedFrom)), toDay: dayOf(Date.parse(learnedTo)) + 1 }
}

/**
 * Makes the baseline of a window from the ledger as it stands and puts it into use. The same bets give the same version,
 * which is then left as it is.
 *
 * @param ledger  the watched columns of all bets
 */
export async function makeBaseline(
  objects: ObjectStore,
  ledger: Table,
  about: { window: DayWindow; modelVersion: string | null; nowMs: number },
): Promise<Baseline & { isNew: boolean }> {
  const inWindow = rowsWithin(ledger, about.window)
  const table = thinned(inWindow)
  const { heads, bytes } = encodeTable(table)
  const at = new Date(about.nowMs).toISOString()
  const of = {
    ...{ modelVersion: about.modelVersion, from: dayText(about.window.fromDay), to: dayText(about.window.toDay - 1) },
    ...{ rows: inWindow.days.length, sampled: table.days.length },
    columns: heads.map((head) => (head.kind === 'numerical' ? head : { ...head, names: [...head.names] })),
    file: { sha256: await sha256Hex(bytes), bytes: bytes.length },
  }
  const version = `baseline-${(await sha256Hex(JSON.stringify(of))).slice(0, 12)}`
  const manifest: BaselineManifest = { format: 'closeline-drift-baseline/1', version, createdAt: at, ...of }
  // The rows first: a manifest without them would be a baseline that cannot be read.
  await objects.putNew(rowsKey(version), bytes)
  const isNew = await objects.putNew(manifestKey(version), encodeChecked(manifest, baselineSchema, version))
  await objects.put(CURRENT_BASELINE_KEY, `${JSON.stringify({ version, since: at })}\n`)
  return { manifest: isNew ? manifest : ((await readManifest(objects, version)) ?? manifest), table, isNew }
}

/** The baseline in use; undefined where none was made. @throws {DomainError} `corrupt_object`, `corrupt_table` */
export async function findBaseline(objects: ObjectStore): Promise<Baseline | undefined> {
  const manifest = await findBaselineManifest(objects)
  if (manifest === undefined) return undefined
  const key = rowsKey(manifest.version)
  const bytes = await objects.get(key)
  if (bytes === undefined || (await sha256Hex(bytes)) !== manifest.file.sha256) {
    throw new DomainError('corrupt_object', `${key} is missing or differs from what was written (SHA-256)`)
  }
  return { manifest, table: decodeTable(bytes, { rows: manifest.sampled, heads: manifest.columns }) }
}

/** What the baseline in use is. @throws {DomainError} `corrupt_object` */
export async function findBaselineManifest(objects: ObjectStore): Promise<BaselineManifest | undefined> {
  const current = await getJson(objects, CURRENT_BASELINE_KEY, currentSchema)
  return current === undefined ? undefined : readManifest(objects, current.version)
}

function readManifest(objects: ObjectStore, version: string): Promise<BaselineManifest | undefined> {
  return getJson(objects, manifestKey(version), baselineSchema)
}

function thinned(table: Table): Table {
  const n = table.days.length
  if (n <= MOST_BASELINE_ROWS) return rowsOf(table, 0, n)
  const rows = Int32Array.from({ length: MOST_BASELINE_ROWS }, (_, i) => Math.floor((i * n) / MOST_BASELINE_ROWS))
  return pickRows(table, rows)
}

function manifestKey(version: string): string {
  return `${BASELINES_PREFIX}${version}/baseline.json`
}

function rowsKey(version: string): string {
  return `${BASELINES_PREFIX}${version}/rows.bin`
}
