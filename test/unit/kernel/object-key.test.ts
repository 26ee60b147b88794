import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { keyParts } from '../../../shared/kernel/object-key.ts'

describe('an object key that becomes a path', () => {
  it('has the parts between its slashes', () => {
    expect(keyParts('lake/sport=American%20Football/part-0.parquet')).toEqual([
      'lake',
      'sport=American%20Football',
      'part-0.parquet',
    ])
    expect(keyParts('champion.json')).toEqual(['champion.json'])
    expect(keyParts('a..b/...')).toEqual(['a..b', '...'])
  })

  it.each(['', '/etc/passwd', 'a//b', 'a/', '.', './a', '..', 'a/../b', 'a\0b'])('leads nowhere else: %j', (key) => {
    expect(() => keyParts(key)).toThrow(InvariantError)
  })
})
