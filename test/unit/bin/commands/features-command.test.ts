import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { featuresCommand } from '../../../../bin/commands/features.ts'
import { FEATURE_NAMES, layerHash } from '../../../../shared/features/registry.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const BET = '{"sport": "Golf", "league": "PGA", "market": "Winner", "institution_name": "FanDuel", "odds": 150}'

describe('closeline features', () => {
  let written = { stdout: '', stderr: '' }

  beforeEach(() => {
    written = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        written[stream] += String(text)
        return true
      })
    }
  })

  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  async function run(
    ...args: string[]
  ): Promise<{ code: string | number | undefined; stdout: string; stderr: string }> {
    await featuresCommand().parseAsync(args, { from: 'user' })
    return { code: process.exitCode ?? undefined, ...written }
  }

  it('prints the catalogue', async () => {
    const { code, stdout } = await run()
    expect(code).toBeUndefined()
    expect(stdout).toMatch(/^175 features of a bet/)
  })

  it('gives machines all features with the identity of their arithmetic', async () => {
    const { stdout } = await run('--json')
    const { layerHash: hash, features } = JSON.parse(stdout) as { layerHash: string; features: { name: string }[] }
    expect(hash).toBe(await layerHash())
    expect(features.map(({ name }) => name)).toEqual(FEATURE_NAMES)
  })

  it('tells of the features named, each once, by former names too', async () => {
    const { stdout } = await run('hour_of_day', 'hist_roi', 'sport_league_market_roi')
    expect(stdout.match(/^\w+$/gm)).toEqual(['hour_of_day', 'sport_league_market_roi'])
  })

  it('lists the features with a line each', async () => {
    const { stdout } = await run('--all')
    expect(stdout.trimEnd().split('\n')).toHaveLength(176)
  })

  it('writes the documentation as a page', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'features.html')
    expect((await run('--html', path)).stdout).toBe(`The page is in ${path}.\n`)
    expect(await readFile(path, 'utf8')).toContain(await layerHash())
  })

  it.each([
    [['--bet', '{"sport": '], '--bet is no JSON'],
    [['--bet', BET.replace('150', '15')], '--bet: odds American odds are whole'],
    [['--bet', BET.replace('"Golf"', '7')], '--bet: sport must be text'],
    [['--bet', BET, '--at', 'tomorrow'], '--at tomorrow: an instant'],
    [['--at', '2025-06-01'], '--bet is needed'],
    [['--bet', BET, 'luck'], 'there is no feature luck'],
    [['luck'], 'there is no feature luck'],
    [['--html', '/nowhere/at/all.html'], '/nowhere/at/all.html cannot be written'],
  ])('ends with exit code 2 and a line that says why for %j', async (args, why) => {
    await using folder = await temporaryFolder()
    const data = join(folder.path, 'data')
    const { code, stdout, stderr } = await run(...args, '--data', data)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^closeline: [^\n]*\n$/)
    expect(stderr).toContain(why)
    expect(existsSync(data)).toBe(false)
  })
})
