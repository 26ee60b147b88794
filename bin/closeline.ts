#!/usr/bin/env node
import { Command } from 'commander'
import { VERSION } from '../shared/config/version.ts'
import { backtestCommand } from './commands/backtest.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { featuresCommand } from './commands/features.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { lakeCommand } from './commands/lake.ts'
import { lineageCommand } from './commands/lineage.ts'
import { marketsCommand } from './commands/markets.ts'
import { materializeCommand } from './commands/materialize.ts'
import { modelsCommand } from './commands/models.ts'
import { pipelineCommand } from './commands/pipeline.ts'
import { qualityCommand } from './commands/quality.ts'
import { quarantineCommand } from './commands/quarantine.ts'
import { syncCommand } from './commands/sync.ts'
import { trainCommand } from './commands/train.ts'
import { tuneCommand } from './commands/tune.ts'
import { exitOnUsage } from './failure.ts'

const program = new Command('closeline')
  .description('A bettor’s ledger, the models learned from it, and how good they are.')
  .version(VERSION)
  .addHelpText(
    'after',
    '\nThe API on this machine: npm start -- --help\nExit codes: 0 done, 1 failed, 2 wrong usage or input.',
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
  tuneCommand(),
  modelsCommand(),
  marketsCommand(),
  evaluateCommand(),
  backtestCommand(),
  keysCommand(),
]
for (const command of commands) {
  program.addCommand(command.exitOverride(exitOnUsage))
}
program.exitOverride(exitOnUsage)

await program.parseAsync()
