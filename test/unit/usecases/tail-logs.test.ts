import { describe, expect, it } from 'vitest'
import type { LogQuestion } from '../../../shared/usecases/tail-logs.ts'
import { tailLogs } from '../../../shared/usecases/tail-logs.ts'
import type { LogLine } from '../../../shared/usecases/traffic-ports.ts'
import { dormantOperations, MOVED_MS, memoryOperations } from '../../support/memory-operations.ts'

const QUESTION: LogQuestion = {
  stage: 'dev',
  function: 'prediction',
  sinceMs: 600_000,
  version: undefined,
  follow: false,
}

const line = (id: string, atMs: number, version: string | null = '7'): LogLine => ({ id, atMs, version, text: id })

const logged = (...lines: LogLine[]) => {
  const made = dormantOperations({ stable: '7', canary: null, weight: 0, previous: null })
  made.lines.push(...lines)
  return made
}

async function read(made: ReturnType<typeof logged>, question: Partial<LogQuestion> = {}, most = 100) {
  const ids: string[] = []
  for await (const { id } of tailLogs(made.operations, { ...QUESTION, ...question })) {
    ids.push(id)
    if (ids.length === most) break
  }
  return ids
}

describe('the log of a function', () => {
  it('is read from so far back', async () => {
    const made = logged(line('old', MOVED_MS - 600_001), line('first', MOVED_MS - 600_000), line('last', MOVED_MS))
    expect(await read(made)).toEqual(['first', 'last'])
  })

  it('is that of one version where that is wanted', async () => {
    const made = logged(line('a', MOVED_MS, '7'), line('b', MOVED_MS, '8'), line('c', MOVED_MS, null))
    expect(await read(made, { version: '8' })).toEqual(['b'])
  })

  it('is followed, each line once, also one that comes late', async () => {
    const made = logged(line('a', MOVED_MS))
    let waits = 0
    const sleep = async (ms: number) => {
      made.clock.advance(ms)
      waits++
      if (waits === 1) made.lines.push(line('b', MOVED_MS + 1))
      if (waits === 5) made.lines.push(line('late', MOVED_MS + 2), line('c', MOVED_MS + 9000))
    }
    const followed = { ...made, operations: { ...made.operations, sleep } }
    expect(await read(followed, { follow: true }, 4)).toEqual(['a', 'b', 'late', 'c'])
  })

  it('does not look back before what was asked for while it follows', async () => {
    const made = logged(line('before', MOVED_MS - 10_000))
    const sleep = async (ms: number) => {
      made.clock.advance(ms)
      made.lines.push(line('new', MOVED_MS + 1))
    }
    const followed = { ...made, operations: { ...made.operations, sleep } }
    expect(await read(followed, { follow: true, sinceMs: 1000 }, 1)).toEqual(['new'])
  })

  it('needs a function', async () => {
    const made = memoryOperations()
    await expect(tailLogs(made.operations, QUESTION).next()).rejects.toMatchObject({ code: 'not_deployed' })
  })
})
