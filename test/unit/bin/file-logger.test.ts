import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fileLogger } from '../../../bin/file-logger.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('fileLogger', () => {
  it('writes every line once, in order, after what the file held', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'api.log')
    for (const begin of [0, 50]) {
      const logger = fileLogger(path)
      for (let i = begin; i < begin + 50; i++) {
        logger.info('request', { i })
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 25))
      }
      await vi.waitFor(async () => expect((await linesOf(path)).length).toBe(begin + 50))
    }
    expect((await linesOf(path)).map((line) => JSON.parse(line).i)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('tells once that a file cannot be written, and goes on', async () => {
    await using folder = await temporaryFolder()
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const logger = fileLogger(join(folder.path, 'none', 'api.log'))
    logger.info('request')
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1))
    logger.info('request')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(told.mock.calls).toEqual([[expect.stringContaining('closeline: no more lines in')]])
    told.mockRestore()
  })
})

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
}
