import type { Command } from 'commander'
import type { ModelManifest } from '../../shared/registry/manifest.ts'
import { table } from '../terminal.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

export function modelsCommand(): Command {
  return workspaceCommand('models', 'List the model versions with their scores, and which one serves.').action(
    (flags: WorkspaceFlags) =>
      withWorkspace(flags, async ({ registry }) => {
        const champion = await registry.champion()
        const models = await registry.list()
        print(flags, { champion: champion ?? null, models }, () =>
          models.length === 0
            ? 'No model has been trained yet: closeline train'
            : [
                table([
                  ['version', 'created', 'data', 'n', 'log loss', 'implied', 'recalibrated', 'verdict', ''],
                  ...models.map((model) => row(model, champion?.version)),
                ]),
                `log loss on n untouched bets; serving since ${champion?.since ?? '-'}: ${champion?.reason ?? 'nothing'}`,
              ].join('\n'),
        )
      }),
  )
}

function row(model: ModelManifest, champion: string | undefined): string[] {
  const { scores } = model
  return [
    model.version,
    model.createdAt.slice(0, 16).replace('T', ' '),
    model.ledger.origin,
    String(scores.model.n),
    scores.model.logLoss.toFixed(4),
    scores.implied.logLoss.toFixed(4),
    scores.recalibratedImplied.logLoss.toFixed(4),
    model.verdict,
    model.version === champion ? 'serving' : '',
  ]
}
