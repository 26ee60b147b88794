#!/usr/bin/env node
import { Command } from 'commander'
import { VERSION } from '../shared/config/version.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { importCommand } from './commands/import.ts'
import { modelsCommand } from './commands/models.ts'
import { trainCommand } from './commands/train.ts'
import { exitOnUsage } from './failure.ts'

const program = new Command('closeline')
  .description('A bettor’s ledger, the models learned from it, and how good they are.')
  .version(VERSION)
  .addHelpText(
    'after',
    '\nThe API on this machine: npm start -- --help\nExit codes: 0 done, 1 failed, 2 wrong usage or input.',
  )

for (const command of [importCommand(), trainCommand(), modelsCommand(), evaluateCommand()]) {
  program.addCommand(command.exitOverride(exitOnUsage))
}
program.exitOverride(exitOnUsage)

await program.parseAsync()
