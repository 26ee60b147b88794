import { describe, expect, it } from 'vitest'
import type { Traffic } from '../../../shared/config/traffic.ts'
import {
  assertSplittable,
  candidateOf,
  newestFirst,
  prunable,
  versionNumbered,
} from '../../../shared/traffic/versions.ts'
import { publishedVersion } from '../../support/memory-lambda.ts'

const versions = (count: number) => Array.from({ length: count }, (_, i) => publishedVersion(String(i + 1)))
const traffic = (stable: string): Traffic => ({ stable, canary: null, weight: 0, previous: null })

describe('published versions', () => {
  it('are ordered by number, not as text', () => {
    expect(newestFirst(versions(11)).map(({ number }) => number)).toEqual([
      '11',
      '10',
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
    ])
  })

  it('are found by number', () => {
    expect(versionNumbered(versions(3), '2').number).toBe('2')
    expect(() => versionNumbered(versions(3), '4')).toThrow('there is no version 4: the newest is 3')
    expect(() => versionNumbered([], '4')).toThrow('nothing has been published')
  })
})

describe('the candidate for a canary', () => {
  it('is the newest version', () => {
    expect(candidateOf(versions(10), traffic('9')).number).toBe('10')
  })

  it('is none where the newest answers already, or nothing has been published', () => {
    expect(() => candidateOf(versions(9), traffic('9'))).toThrow(expect.objectContaining({ code: 'no_candidate' }))
    expect(() => candidateOf([], traffic('9'))).toThrow(expect.objectContaining({ code: 'no_candidate' }))
  })
})

describe('two versions', () => {
  const seven = publishedVersion('7')

  it('share an alias where they share a role and a dead-letter queue', () => {
    expect(assertSplittable(seven, publishedVersion('8'))).toBeUndefined()
  })

  it.each([
    [{ role: 'arn:aws:iam::123456789012:role/other' }, 'roles_differ'],
    [{ deadLetterTarget: 'arn:aws:sqs:eu-central-1:123456789012:dead' }, 'dead_letters_differ'],
  ])('do not where they differ in %j', (other, code) => {
    expect(() => assertSplittable(seven, { ...publishedVersion('8'), ...other })).toThrow(
      expect.objectContaining({ code }),
    )
  })
})

describe('pruning', () => {
  it('leaves the newest ten', () => {
    expect(prunable(versions(10), new Set())).toEqual([])
    expect(prunable(versions(13), new Set())).toEqual(['1', '2', '3'])
  })

  it('leaves what is in use, however old, beside the newest ten', () => {
    expect(prunable(versions(13), new Set(['2', '13']))).toEqual(['1', '3'])
  })
})
