import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { sha256Hex } from '../../shared/kernel/digest.ts'
import { DomainError, messageOf } from '../../shared/kernel/errors.ts'
import { createFeatureStore } from '../../shared/usecases/feature-store.ts'
import type { ImportedVersion } from '../../shared/usecases/import-model.ts'
import { importModelFile } from '../../shared/usecases/import-model.ts'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import type { ModelFile } from '../../shared/usecases/read-model-file.ts'
import { readModelFile } from '../../shared/usecases/read-model-file.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import { assertTrainable, dataQualityOf } from '../../shared/usecases/training-gate.ts'
import { exitingWithCode } from '../failure.ts'
import { importedText } from '../pages/models-text.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { WorkspaceFlags } from './command.ts'
import { inWorkspace, print, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

interface ImportFlags extends WorkspaceFlags {
  name?: string
  features?: string
  trainedUntil?: string
  despiteQuality: boolean
}

const HELP = `
The file gives the probability to win of rows of features that are known here (closeline features --all), in 32-bit
floats, NaN where missing:
  XGBoost   JSON as save_model('x.json') writes it, objective binary:logistic
  LightGBM  text as save_model writes it, objective binary
  ONNX      one input features, float [rows, n], and an output win_probability, float [rows, 1]
It is scored on the latest fifth of the bets. The gate believes only bets placed after --trained-until: without it the
model may have learned from these very bets, and is not_proven. It serves once it is promoted.`

/** `models import`. */
export function importModelCommand(): Command {
  return workspaceCommand(
    'import',
    'Register a model of XGBoost, LightGBM or ONNX as the challenger, tried and scored.',
  )
    .argument('<file>', 'told apart by what is in it')
    .option('--name <text>', 'what people call it')
    .option('--features <names>', 'its features in order: a,b,c, or a JSON file with an array of names')
    .option('--trained-until <instant>', 'the last moment that it knows anything of, ISO 8601')
    .option('--despite-quality', 'also where the bets fail the quality gate', false)
    .addHelpText('after', HELP)
    .action((path: string, flags: ImportFlags) =>
      exitingWithCode(async () => {
        const trainedUntilMs = flags.trainedUntil === undefined ? undefined : readInstant(flags.trainedUntil)
        // Read before the database is opened, which takes seconds.
        const bytes = await readBytes(path)
        const file = readModelFile(bytes, flags.features === undefined ? undefined : await readNames(flags.features))
        const source = { fileSha256: await sha256Hex(bytes), name: flags.name, trainedUntilMs }
        await inWorkspace(flags, async (workspace) => {
          const version = await importInto(workspace, file, { ...source, despiteQuality: flags.despiteQuality })
          print(flags, version, () => importedText(version, basename(path)))
        })
      }),
    )
}

interface ImportCommand {
  fileSha256: string
  name: string | undefined
  trainedUntilMs: number | undefined
  despiteQuality: boolean
}

async function importInto(
  workspace: Workspace,
  file: ModelFile,
  { despiteQuality, ...source }: ImportCommand,
): Promise<ImportedVersion> {
  const command = { trigger: 'models import', mode: 'incremental' as const, sport: null, thresholds: thresholdsHere() }
  const { bets, quality } = await runPipeline(workspace, command)
  if (bets === 0) throw new DomainError('empty_ledger', 'the ledger is empty: closeline import FILE')
  assertTrainable(quality, despiteQuality)
  const { layer } = await materializeFeatures(workspace, { full: false })
  const { ledgerSha256, origin, runId: lakeRunId } = layer
  const store = createFeatureStore(workspace)
  const deps = { ...workspace, trainingSet: (names: readonly string[]) => store.trainingSet(workspace.clock(), names) }
  return importModelFile(deps, file, {
    ...source,
    ...{ ledgerSha256, origin, lakeRunId, dataQuality: dataQualityOf(quality) },
  })
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new DomainError('file_not_readable', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

/** Names apart by commas, or those of a JSON file. @throws {DomainError} `file_not_readable`, `invalid_feature_names` */
async function readNames(text: string): Promise<string[]> {
  if (!text.endsWith('.json')) return text.split(',').map((name) => name.trim())
  try {
    return z.array(z.string()).parse(JSON.parse(new TextDecoder().decode(await readBytes(text))))
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('invalid_feature_names', `${text} holds no JSON array of names`, { cause })
  }
}

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

/** A day alone is known to its end. @throws {DomainError} `invalid_instant` */
function readInstant(text: string): number {
  const parsed = instant.safeParse(text)
  if (!parsed.success) {
    throw new DomainError(
      'invalid_instant',
      `--trained-until ${text}: a day or an instant such as 2026-01-31T18:00:00Z`,
    )
  }
  return Date.parse(text.length === 10 ? `${text}T23:59:59.999Z` : text)
}
