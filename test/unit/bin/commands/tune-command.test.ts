import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tuneCommand } from '../../../../bin/commands/tune.ts'
import { openDataDirectory } from '../../../../bin/workspace/data-directory.ts'
import { fileObjectStore } from '../../../../shared/adapters/file-object-store.ts'
import { objectStudyStore } from '../../../../shared/tuning/study-store.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { STUDY, TRIALS } from '../pages/tuned-studies.ts'

describe('closeline tune', () => {
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

  async function run(...args: string[]) {
    await tuneCommand().exitOverride().parseAsync(args, { from: 'user' })
    return { code: process.exitCode ?? undefined, ...written }
  }

  /** A data directory with one study. */
  async function searched(path: string): Promise<string> {
    const data = join(path, 'data')
    const { objectsDir } = await openDataDirectory(data, { fresh: false })
    const store = objectStudyStore(fileObjectStore(objectsDir))
    await store.save(STUDY)
    for (const trial of TRIALS) await store.saveTrial(STUDY, trial)
    return data
  }

  it.each([
    [['--trials', '0'], 'from 1 to 100000'],
    [['--trials', '2.5'], 'from 1 to 100000'],
    [['--seconds', '0'], 'a number above 0'],
    [['--seconds', 'NaN'], 'a number above 0'],
    [['--seed', '-1'], 'from 0 to 4294967295'],
    [['--seed', ''], 'from 0 to 4294967295'],
    [['--folds', '41'], 'from 1 to 40'],
    [['--objective', 'roi'], 'log_loss, brier, auc, combined'],
  ])('takes no %j', async (args, why) => {
    await expect(run(...args)).rejects.toThrow(why)
  })

  it('says before it opens anything which options contradict one another', async () => {
    await using folder = await temporaryFolder()
    const data = join(folder.path, 'data')
    const both = await run('--study', 'a', '--fresh', '--data', data)
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/^closeline: --fresh begins another study/)])
    const page = await run('--status', '--html', join(folder.path, 'page.html'), '--data', data)
    expect([page.code, page.stderr]).toEqual([2, expect.stringContaining('--study is needed')])
  })

  it('tells of all studies, of one, and of none', async () => {
    await using folder = await temporaryFolder()
    expect((await run('--status', '--data', join(folder.path, 'other'))).stdout).toBe(
      'Nothing has been searched yet: closeline tune\n',
    )
    const data = await searched(folder.path)
    expect((await run('--status', '--data', data)).stdout).toMatch(/^log-loss-1234 .* 0\.62000 +0\.61230/m)
    expect((await run('--status', '--study', STUDY.id, '--data', data)).stdout).toContain('Trial 4 is 0.00770 below')
  })

  it('gives machines the study, its trials and the settings of the best', async () => {
    await using folder = await temporaryFolder()
    const data = await searched(folder.path)
    const { stdout } = await run('--status', '--study', STUDY.id, '--json', '--data', data)
    expect(JSON.parse(stdout)).toMatchObject({
      study: STUDY,
      best: { number: 4 },
      present: { number: 0 },
      trials: TRIALS,
    })
  })

  it('writes the page of a study', async () => {
    await using folder = await temporaryFolder()
    const [data, path] = [await searched(folder.path), join(folder.path, 'page.html')]
    const { stdout } = await run('--status', '--study', STUDY.id, '--html', path, '--data', data)
    expect(stdout).toContain(`The page is in ${path}.`)
    expect(await readFile(path, 'utf8')).toContain('<code>log-loss-1234</code>')
  })

  it.each([
    [['--study', 'nowhere'], 'there is no study nowhere'],
    [['--study', '../secrets'], '../secrets is no name of a study'],
    [['--study', STUDY.id, '--html', '/nowhere/page.html'], '/nowhere/page.html cannot be written'],
  ])('ends with exit code 2 and a line that says why for --status %j', async (args, why) => {
    await using folder = await temporaryFolder()
    const { code, stdout, stderr } = await run('--status', ...args, '--data', await searched(folder.path))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
  })
})
