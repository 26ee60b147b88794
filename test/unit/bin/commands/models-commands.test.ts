import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backtestCommand } from '../../../../bin/commands/backtest.ts'
import { evaluateCommand } from '../../../../bin/commands/evaluate.ts'
import { importModelCommand } from '../../../../bin/commands/models-import.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('commands over models', () => {
  let stderr = ''

  beforeEach(() => {
    stderr = ''
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text)
      return true
    })
  })

  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  async function run(command: Command, ...args: string[]) {
    await command.exitOverride().parseAsync(args, { from: 'user' })
    return { code: process.exitCode, stderr }
  }

  it.each([
    [['--folds', '0'], 'from 1 to 40'],
    [['--bankroll', '0'], 'above 0'],
    [['--bankroll', 'NaN'], 'above 0'],
    [['--kelly', '1.5'], 'at most 1'],
    [['--kelly', ''], 'at most 1'],
    [['--max-stake', '0'], 'above 0'],
    [['--max-open', '-1'], 'above 0'],
    [['--min-edge', '-0.01'], 'at least 0'],
    [['--simulations', '0'], 'from 1 to 100000'],
    [['--seed', '1.5'], 'from 0 to 4294967295'],
  ])('backtest takes no %j', async (args, why) => {
    await expect(run(backtestCommand(), '--bets', 'x.csv', ...args)).rejects.toThrow(why)
  })

  it.each([backtestCommand, evaluateCommand])('%o says that a bet log is not there', async (command) => {
    const { code, stderr: said } = await run(command(), '--bets', '/no/such.csv')
    expect([code, said]).toEqual([2, expect.stringContaining('/no/such.csv')])
  })

  it.each([
    ['a missing file', undefined, [], /cannot be read/],
    ['cut JSON', '{"learner": {', [], /not JSON/],
    ['another text', 'hello', [], /neither JSON of XGBoost/],
    ['a moment that is none', '{}', ['--trained-until', 'soon'], /--trained-until soon/],
    ['names from a file that has none', '{}', ['--features', '/no/names.json'], /names\.json cannot be read/],
  ])('models import refuses %s before it opens anything', async (_, text, args, why) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'model')
    if (text !== undefined) await writeFile(path, text)
    const data = join(folder.path, 'data')
    const { code, stderr: said } = await run(importModelCommand(), path, '--data', data, ...args)
    expect(code).toBe(2)
    expect(said).toMatch(why)
    expect(said).not.toContain('Opening the database')
  })
})
