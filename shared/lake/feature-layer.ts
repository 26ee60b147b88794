import * as z from 'zod'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { lakeFileSchema } from './file.ts'

/** What serving looks at, and what tells training and the next materialization which files are the features. */
export const FEATURE_LAYER_KEY = 'online/features.json'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const featureMonthSchema = z.object({
  /** Month of UTC of the placements, as the processed layer names it. */
  month: z.string(),
  /** Hash over the files of the processed layer that the month was made from. */
  sourceSha256: sha256,
  bets: z.int().min(0),
  /** Bets that were left out, since they were placed after the ledger was read. */
  leftOut: z.int().min(0),
  /** Identity of the bets, see `identifyLedger`. */
  ledgerSha256: sha256,
  origin: z.enum(['own', 'demo']),
  /** Their features. */
  features: lakeFileSchema,
  /** What they add to the bettor's record and to the dashboard. */
  record: lakeFileSchema,
  /** How that was worked out: months of another revision than the present one are made anew. */
  summaryRevision: z.int().default(1),
  /** The state after the month, where it is kept: the last one is what serving asks, the others save replaying. */
  state: lakeFileSchema.nullable(),
})

/** The features of the bets placed in one month. */
export type FeatureMonthFiles = z.infer<typeof featureMonthSchema>

export const featureLayerSchema = z.object({
  format: z.literal('closeline-feature-layer/1'),
  /** Identity of all features' arithmetic. */
  layerHash: sha256,
  /** The pipeline's run whose bets they are. */
  runId: z.string(),
  ledgerSha256: sha256,
  origin: z.enum(['own', 'demo']),
  /** When the ledger was last read: features age from here. */
  lookedAt: z.iso.datetime(),
  /** When the files were made. */
  madeAt: z.iso.datetime(),
  /** In order of time. */
  months: z.array(featureMonthSchema),
  /** Tables for people, by name. */
  tables: z.record(z.string(), lakeFileSchema),
  /** What was bet on, for the record; null where no bet says. */
  selections: lakeFileSchema.nullable().default(null),
  /** Files that were replaced, with the time of it: readers of before may still have them open. */
  retired: z.array(z.object({ key: z.string(), at: z.iso.datetime() })),
})

/** The features layer: which files make it up, and what they were made from. */
export type FeatureLayerState = z.infer<typeof featureLayerSchema>

/** @returns undefined where no features have been made @throws {DomainError} `corrupt_object` */
export function findFeatureLayer(objects: ObjectStore): Promise<FeatureLayerState | undefined> {
  return getJson(objects, FEATURE_LAYER_KEY, featureLayerSchema)
}

/** Makes a features layer the current one, all at once. */
export function publishFeatureLayer(objects: ObjectStore, layer: FeatureLayerState): Promise<void> {
  return objects.put(FEATURE_LAYER_KEY, encodeChecked(layer, featureLayerSchema, FEATURE_LAYER_KEY))
}

/** Every file that makes up a features layer. */
export function partsOf(layer: Pick<FeatureLayerState, 'months' | 'tables' | 'selections'>): string[] {
  const { months, tables, selections } = layer
  const ofMonths = months.flatMap(({ features, record, state }) => [features.key, record.key, state?.key])
  const ofTables = Object.values(tables).map(({ key }) => key)
  return [...ofMonths, ...ofTables, selections?.key].filter((key) => key !== undefined)
}

/** Every file that must not be removed: those of the layer and those whose readers are given time. */
export function featureFilesOf(layer: FeatureLayerState): string[] {
  return [...partsOf(layer), ...layer.retired.map(({ key }) => key)]
}
