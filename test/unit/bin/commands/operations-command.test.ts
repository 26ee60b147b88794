import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { confirmed, functionsNamed, isAttended } from '../../../../bin/commands/operations-command.ts'

function terminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = Object.assign(new PassThrough(), { isTTY })
  return { input, output, said: () => String(output.read() ?? '') }
}

afterEach(() => {
  process.exitCode = undefined
})

describe('a person before a terminal', () => {
  it.each(['y', 'Y', 'yes', ' yes '])('goes on with %j', async (answer) => {
    const at = terminal(true)
    at.input.write(`${answer}\n`)
    expect(await confirmed('move it', { yes: false }, at)).toBe(true)
    expect(at.said()).toContain('move it. Go on? [y/N] ')
    expect(process.exitCode).toBeUndefined()
  })

  it.each(['', 'n', 'yet', 'no'])('does not with %j', async (answer) => {
    const at = terminal(true)
    at.input.write(`${answer}\n`)
    expect(await confirmed('move it', { yes: false }, at)).toBe(false)
    expect(at.said()).toContain('closeline: nothing was done')
    expect(process.exitCode).toBe(1)
  })

  it('does not by leaving', async () => {
    const at = terminal(true)
    at.input.end()
    expect(await confirmed('move it', { yes: false }, at)).toBe(false)
  })

  it('is not asked twice', async () => {
    const at = terminal(true)
    expect([await confirmed('move it', { yes: true }, at), at.said()]).toEqual([true, ''])
  })
})

describe('a script', () => {
  it('is not asked', async () => {
    const at = terminal(false)
    expect([await confirmed('move it', { yes: false }, at), at.said()]).toEqual([true, ''])
    expect(isAttended({ yes: false }, at)).toBe(false)
    expect(isAttended({ yes: false }, { ...at, input: terminal(true).input })).toBe(false)
  })
})

describe('the functions that a command is about', () => {
  it('are all, or the one named', () => {
    expect([functionsNamed(undefined), functionsNamed('scoring')]).toEqual([['prediction', 'scoring'], ['scoring']])
  })
})
