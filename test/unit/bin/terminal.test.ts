import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { stopOpenBars, terminalProgress } from '../../../bin/terminal.ts'

/** A stream that a person seems to watch. */
function terminal() {
  const stream = Object.assign(new PassThrough(), {
    ...{ isTTY: true, columns: 80, rows: 24 },
    ...{ cursorTo: () => true, clearLine: () => true, moveCursor: () => true },
  })
  return stream as unknown as NodeJS.WriteStream & PassThrough
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('progress on a terminal', () => {
  it('draws a bar and its note', () => {
    const stream = terminal()
    const task = terminalProgress(stream).start('Reading', 10)
    task.advance(5)
    task.finish('10 rows')
    expect(String(stream.read())).toMatch(/Reading +.+100 % .+ s · 10 rows/s)
  })

  it('leaves no timer behind where the work under a bar failed, which would keep the process alive', () => {
    const before = timers()
    terminalProgress(terminal()).start('Reading', 10)
    expect(timers()).toBeGreaterThan(before)
    stopOpenBars()
    expect(timers()).toBe(before)
  })
})

describe('progress elsewhere', () => {
  it('writes one line a task when it is done', () => {
    const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough
    const task = terminalProgress(stream).start('Reading', 10)
    task.advance(5)
    expect(stream.read()).toBeNull()
    task.finish('10 rows')
    expect(String(stream.read())).toMatch(/^Reading: \d+\.\d s, 10 rows\n$/)
  })
})
