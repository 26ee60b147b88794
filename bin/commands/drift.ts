import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { renderDriftPage } from '../../functions/prediction/drift-page.ts'
import { driftPayloadSchema } from '../../shared/config/drift-payload.ts'
import { baselineDrift } from '../../shared/usecases/baseline-drift.ts'
import { checkDrift } from '../../shared/usecases/check-drift.ts'
import { findBaselineManifest } from '../../shared/usecases/drift-baseline.ts'
import { createDriftReports } from '../../shared/usecases/drift-reports.ts'
import { driftArchives } from '../drift-archives.ts'
import { baselineText, driftText } from '../pages/drift-text.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { writePage } from '../write-page.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

/** Drift was found that asks for training, or nothing could be judged: for scripts that go by the exit code. */
const EXIT_RETRAIN = 1

const BASELINE_TASKS = ['create', 'refresh', 'show'] as const

interface DriftFlags extends WorkspaceFlags {
  windowDays: number
  html?: string
  baseline?: (typeof BASELINE_TASKS)[number]
}

export function driftCommand(): Command {
  const preset = driftPayloadSchema.parse({}).windowDays
  return workspaceCommand('drift', 'Compare the latest bets with those that the model in service learned from.')
    .option('--window-days <n>', 'days of the current window, 1 to 365', wholeDays, preset)
    .option('--html <file>', 'write the report as a page with charts')
    .addOption(
      new Option('--baseline <task>', 'make or show what bets are compared with, instead of a check').choices(
        BASELINE_TASKS,
      ),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 no training is asked for, 1 it is (or the check failed), 2 wrong usage or input.',
    )
    .action((flags: DriftFlags) =>
      withWorkspace(flags, async (workspace) => {
        const { baseline: task } = flags
        if (task === 'show') await showBaseline(workspace, flags)
        else if (task !== undefined) await makeBaseline(workspace, flags, task)
        else if (await check(workspace, flags)) process.exitCode = EXIT_RETRAIN
      }),
    )
}

/** Checks, prints, and tells whether training is asked for. */
async function check(workspace: Workspace, flags: DriftFlags): Promise<boolean> {
  const { windowDays, html } = flags
  const archives = driftArchives(workspace)
  const { file, report } = await checkDrift({ ...workspace, archives }, { windowDays, trigger: 'cli' })
  if (html !== undefined) {
    const reports = createDriftReports({ ...workspace, maxAgeMs: 0 })
    await writePage(html, renderDriftPage({ file, report, history: await reports.history(), nowMs: workspace.clock() }))
  }
  print(flags, { file, ...report }, () =>
    [...driftText(file, report), ...(html === undefined ? [] : ['', `The page is in ${html}.`])].join('\n'),
  )
  return report.requires_retraining
}

async function makeBaseline(workspace: Workspace, flags: DriftFlags, task: 'create' | 'refresh'): Promise<void> {
  const { baseline, isNew } = await baselineDrift(workspace, { task, windowDays: flags.windowDays })
  print(flags, { ...baseline, isNew }, () =>
    baselineText(baseline, isNew ? 'made' : 'as it was: the bets of its window are the same').join('\n'),
  )
}

async function showBaseline(workspace: Workspace, flags: DriftFlags): Promise<void> {
  const baseline = await findBaselineManifest(workspace.objects)
  print(flags, baseline ?? null, () =>
    baseline === undefined
      ? 'There is no baseline yet: closeline drift --baseline create, or any check, makes one.'
      : baselineText(baseline, 'in use').join('\n'),
  )
}

function wholeDays(text: string): number {
  const parsed = driftPayloadSchema.shape.windowDays.safeParse(Number(text))
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 365.')
}
