import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { duckdbFeatureLayer } from '../../shared/adapters/duckdb-feature-layer.ts'
import { duckdbLakeStore } from '../../shared/adapters/duckdb-lake-store.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { fileTransfer } from '../../shared/adapters/file-transfer.ts'
import type { Bet } from '../../shared/bets/bet.ts'
import type { ServedPrediction } from '../../shared/performance/served-prediction.ts'
import { predictionLogKey } from '../../shared/performance/served-prediction.ts'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import type { MemoryPipelineDeps } from './pipeline-deps.ts'
import { memoryPipelineDeps, run } from './pipeline-deps.ts'

/** A lake of Parquet in a folder, whose manifests name paths, with every port that brings bets into it. */
export function analystsLake(root: string): MemoryPipelineDeps {
  const transfer = fileTransfer(root)
  return memoryPipelineDeps({
    objects: fileObjectStore(root),
    lake: duckdbLakeStore(transfer),
    features: duckdbFeatureLayer(transfer),
    lakeUri: `${root}/`,
  })
}

/** Brings bets in and makes features of them. */
export async function takeIn(deps: MemoryPipelineDeps, bets: readonly Bet[], nowMs: number): Promise<void> {
  deps.clock.advance(nowMs - deps.clock())
  deps.source.save(bets, (nowMs - 1000) * 1000)
  await run(deps)
  await materializeFeatures(deps, { full: false })
}

/** Writes predictions as the prediction log does. */
export async function keepPredictions(root: string, predictions: readonly ServedPrediction[]): Promise<void> {
  for (const prediction of predictions) {
    const path = join(root, predictionLogKey(Date.parse(prediction.at), prediction.id))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${JSON.stringify(prediction)}\n`)
  }
}
