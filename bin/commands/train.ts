import type { Command } from 'commander'
import { DomainError } from '../../shared/kernel/errors.ts'
import { identifyLedger } from '../../shared/usecases/ledger-identity.ts'
import { pipelineAndTraining } from '../prepare-product.ts'
import { block, scoreTable } from '../report.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

export function trainCommand(): Command {
  return workspaceCommand(
    'train',
    'Run the pipeline and train on the ledger; a running npm start takes the model up within a minute or so.',
  ).action((flags: WorkspaceFlags) =>
    withWorkspace(flags, async (workspace) => {
      const ledger = await workspace.bets.all()
      if (ledger.length === 0) throw new DomainError('empty_ledger', 'the ledger is empty: closeline import FILE')
      const identity = await identifyLedger(ledger)
      const { candidate, served, reason } = await pipelineAndTraining(workspace, ledger, identity)
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
