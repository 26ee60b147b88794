#!/usr/bin/env node
import { Command } from 'commander'
import { VERSION } from '../shared/config/version.ts'
import { alertsCommand } from './commands/alerts.ts'
import { backtestCommand } from './commands/backtest.ts'
import { canaryCommand } from './commands/canary.ts'
import { deployCommand } from './commands/deploy.ts'
import { driftCommand } from './commands/drift.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { featuresCommand } from './commands/features.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { lakeCommand } from './commands/lake.ts'
import { lineageCommand } from './commands/lineage.ts'
import { logsCommand } from './commands/logs.ts'
import { marketsCommand } from './commands/markets.ts'
import { materializeCommand } from './commands/materialize.ts'
import { modelsCommand } from './commands/models.ts'
import { pipelineCommand } from './commands/pipeline.ts'
import { promoteCommand } from './commands/promote.ts'
import { pruneCommand } from './commands/prune.ts'
import { qualityCommand } from './commands/quality.ts'
import { quarantineCommand } from './commands/quarantine.ts'
import { retrainingCommand } from './commands/retraining.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { simulateCommand } from './commands/simulate.ts'
import { statusCommand } from './commands/status.ts'
import { syncCommand } from './commands/sync.ts'
import { trainCommand } from './commands/train.ts'
import { tuneCommand } from './commands/tune.ts'
import { exitOnUsage } from './failure.ts'

const program = new Command('closeline')
  .description('A bettor’s ledger, the models learned from it, and how good they are.')
  .version(VERSION)
  // Else `closeline promote --version 8` would ask for the version of this program.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nThe API on this machine: npm start -- --help\nExit codes: 0 done, 1 failed, 2 wrong usage or input, 3 drift in closeline status.',
  )

const commands = [
  importCommand(),
  quarantineCommand(),
  pipelineCommand(),
  syncCommand(),
  materializeCommand(),
  qualityCommand(),
  lakeCommand(),
  lineageCommand(),
  featuresCommand(),
  trainCommand(),
  retrainingCommand(),
  simulateCommand(),
  tuneCommand(),
  modelsCommand(),
  marketsCommand(),
  evaluateCommand(),
  driftCommand(),
  backtestCommand(),
  keysCommand(),
  alertsCommand(),
  deployCommand(),
  canaryCommand(),
  promoteCommand(),
  rollbackCommand(),
  statusCommand(),
  logsCommand(),
  pruneCommand(),
]
for (const command of commands) {
  program.addCommand(command.exitOverride(exitOnUsage))
}
program.exitOverride(exitOnUsage)

await program.parseAsync()
