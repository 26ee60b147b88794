import type { Command } from 'commander'
import { findAffected } from '../../shared/quality/affected.ts'
import { inspectQuality } from '../../shared/usecases/inspect-quality.ts'
import { renderQualityPage } from '../pages/quality-page.ts'
import { qualityText } from '../pages/quality-text.ts'
import { writePage } from '../write-page.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

export function qualityCommand(): Command {
  return workspaceCommand('quality', 'Put the questions of the quality gate to the lake and show who is to blame.')
    .option('--html <file>', 'write a page with charts')
    .addHelpText('after', '\nLimits can be set with QUALITY_THRESHOLDS, JSON such as {"max_null_odds_pct": 0.1}.')
    .action((flags: WorkspaceFlags & { html?: string }) =>
      withWorkspace(flags, async (workspace) => {
        const inspection = await inspectQuality(workspace, thresholdsHere())
        if (flags.html !== undefined) await writePage(flags.html, renderQualityPage(inspection))
        const { report, partitions, runId, findings } = inspection
        const affected = findAffected(report, partitions)
        print(flags, { runId, ...report, affected, findings }, () =>
          [
            ...qualityText(report, affected),
            ...(flags.html === undefined ? [] : ['', `The page is in ${flags.html}.`]),
          ].join('\n'),
        )
      }),
    )
}
