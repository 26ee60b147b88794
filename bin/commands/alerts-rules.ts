import { Command } from 'commander'
import { describeRules } from '../../shared/usecases/alert-overview.ts'
import { alertRulesText } from '../pages/alerts-text.ts'
import { print } from './command.ts'

/** `alerts rules`. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description('The table of rules: what becomes a message, how grave, where to, and how often.')
    .option('--json', 'print the result as JSON', false)
    .action((flags: { json: boolean }) => {
      const rules = describeRules()
      print(flags, { rules }, () => alertRulesText(rules))
    })
}
