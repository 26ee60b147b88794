import { describe, expect, it } from 'vitest'
import { jsonOrUndefined } from '../../../shared/kernel/json-text.ts'

describe('a text that may be JSON', () => {
  it('is its value where it is', () => {
    expect(jsonOrUndefined('{"a":[1,null]}')).toEqual({ a: [1, null] })
  })

  it.each(['', '{', 'undefined', '{"a":1} x'])('is undefined where it is not: %j', (text) => {
    expect(jsonOrUndefined(text)).toBeUndefined()
  })
})
