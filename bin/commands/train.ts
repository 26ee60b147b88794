import type { Command } from 'commander'
import { DomainError } from '../../shared/kernel/errors.ts'
import { materializeFeatures } from '../../shared/usecases/materialize-features.ts'
import { runPipeline } from '../../shared/usecases/run-pipeline.ts'
import { trainOnLayer } from '../../shared/usecases/train-on-lake.ts'
import { assertTrainable } from '../../shared/usecases/training-gate.ts'
import { block, scoreTable } from '../report.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'
import { thresholdsHere } from './thresholds.ts'

export function trainCommand(): Command {
  return workspaceCommand(
    'train',
    'Run the pipeline and train on the ledger; a running npm start takes the model up within a minute or so.',
  )
    .option('--despite-quality', 'train also on bets that fail the quality gate', false)
    .action((flags: WorkspaceFlags & { despiteQuality: boolean }) =>
      withWorkspace(flags, async (workspace) => {
        const command = { trigger: 'train', mode: 'incremental' as const, sport: null, thresholds: thresholdsHere() }
        const { bets, quality } = await runPipeline(workspace, command)
        if (bets === 0) throw new DomainError('empty_ledger', 'the ledger is empty: closeline import FILE')
        assertTrainable(quality, flags.despiteQuality)
        const { layer } = await materializeFeatures(workspace, { full: false })
        const { candidate, served, reason } = await trainOnLayer(workspace, layer, quality, { evaluateMarkets: true })
        print(flags, { candidate, served: served.version, reason }, () =>
          [
            block(`Scores of ${candidate.version}${candidate.ledger.origin === 'demo' ? ' (demo data)' : ''}`, [
              scoreTable(candidate),
            ]),
            block(`Serving ${served.version}`, [reason]),
          ].join('\n'),
        )
      }),
    )
}
