#!/usr/bin/env node
/**
 * Trains on a problem of trees-data.ts, one run in a process of its own, and prints its figures as a line of JSON.
 *
 *     node test/bench/trees-run.ts FILE ROUNDS
 */
import { readFileSync } from 'node:fs'
import type { BoostingParams } from '../../shared/trees/boosting.ts'
import { rawScores, trainBoostedTrees } from '../../shared/trees/boosting.ts'
import { objectiveOf } from '../../shared/trees/objective.ts'
import { parseProblem } from './trees-data.ts'

/** Figures of one run. */
export interface TreesRun {
  /** Training, binning included. */
  seconds: number
  /** Processor time of the same, of every thread: what is left when others use the machine. */
  processorSeconds: number
  logLoss: number
  peakBytes: number
}

/** XGBoost's defaults but for depth and learning rate. */
const PARAMS: Omit<BoostingParams, 'rounds'> = {
  ...{ learningRate: 0.05, maxDepth: 6, minChildWeight: 1, lambdaL2: 1, gamma: 0, presenceSplits: true },
  ...{ subsample: 1, colsample: 1, earlyStoppingRounds: 1, seed: 1 },
}

if (import.meta.main) run()

function run(): void {
  const [file = '', rounds = '200'] = process.argv.slice(2)
  const { train, heldOut } = parseProblem(readFileSync(file))
  const begin = performance.now()
  const before = process.cpuUsage()
  const rows = { ...train, initialScores: new Float64Array(train.labels.length) }
  const model = trainBoostedTrees(rows, { ...PARAMS, rounds: Number(rounds) })
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  const scores = rawScores(model, heldOut.matrix, new Float64Array(heldOut.labels.length))
  const figures: TreesRun = {
    seconds,
    processorSeconds: (user + system) / 1e6,
    logLoss: objectiveOf('log_loss').meanLoss([scores], heldOut),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
