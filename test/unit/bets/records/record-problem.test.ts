import { expect, it } from 'vitest'
import * as z from 'zod'
import {
  firstProblem,
  knownBeforePlaced,
  parsedBy,
  settledBeforePlaced,
} from '../../../../shared/bets/records/record-problem.ts'

it('tells the first problem of several', () => {
  const schema = z.object({ a: z.string({ error: 'unreadable_text' }), b: z.string({ error: 'unreadable_text' }) })
  const record = { a: 1, b: 2 }
  const { error } = schema.safeParse(record)
  expect(error && firstProblem(error, record)).toEqual({
    ...{ reason: 'unreadable_text', field: 'a', detail: 'a: 1 is no string' },
  })
})

it('calls a record unreadable where a rule gives no reason of ours', () => {
  const { error } = z.object({ a: z.string() }).safeParse({ a: null })
  expect(error && firstProblem(error, { a: null })).toMatchObject({ reason: 'unreadable_record', field: 'a' })
  const { error: whole } = z.object({}).safeParse(7)
  expect(whole && firstProblem(whole, {})).toMatchObject({ reason: 'unreadable_record', field: null })
})

it("keeps a field parser's own reason and sentence", () => {
  const refuse = parsedBy<string>(() => ({ ok: false, reason: 'unknown_status', detail: 'no such word' }))
  const { error } = z.object({ a: z.string().transform(refuse) }).safeParse({ a: 'x' })
  expect(error && firstProblem(error, { a: 'x' })).toEqual({
    ...{ reason: 'unknown_status', field: 'a', detail: 'a: no such word' },
  })
})

it('names both instants of a bet settled before it was placed', () => {
  expect(settledBeforePlaced(0, 1)).toEqual({
    reason: 'settled_before_placed',
    field: null,
    detail: 'settled at 1970-01-01T00:00:00.000Z, before it was placed at 1970-01-01T00:00:00.001Z',
  })
  expect(settledBeforePlaced(1, 1)).toBeUndefined()
  expect(settledBeforePlaced(null, 1)).toBeUndefined()
})

it('names both instants of a bet whose result was known before it was placed', () => {
  expect(knownBeforePlaced(0, 1)).toEqual({
    reason: 'known_before_placed',
    field: null,
    detail: 'result known at 1970-01-01T00:00:00.000Z, before it was placed at 1970-01-01T00:00:00.001Z',
  })
  expect(knownBeforePlaced(1, 1)).toBeUndefined()
  expect(knownBeforePlaced(null, 1)).toBeUndefined()
})
