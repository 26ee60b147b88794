import { expect, it } from 'vitest'
import { jsonLogger } from '../../../shared/adapters/json-logger.ts'

it('a log line is one JSON object: level, time and event, then the fields', () => {
  const lines: string[] = []
  const logger = jsonLogger((line) => void lines.push(line))
  const before = Date.now()
  logger.info('begun')
  logger.warn('model "x"\nfailed', { path: 'a"b\\\n', count: 1, missing: undefined, nested: { ok: [true, null] } })
  logger.error('ended', {})
  const [begun, failed, ended] = lines.map((line) => JSON.parse(line))
  expect(lines.every((line) => !line.includes('\n'))).toBe(true)
  expect(Object.keys(failed)).toEqual(['level', 'time', 'event', 'path', 'count', 'nested'])
  expect(failed).toMatchObject({
    level: 'warn',
    event: 'model "x"\nfailed',
    path: 'a"b\\\n',
    nested: { ok: [true, null] },
  })
  expect(begun).toEqual({ level: 'info', time: begun.time, event: 'begun' })
  expect(ended).toEqual({ level: 'error', time: ended.time, event: 'ended' })
  expect(Date.parse(begun.time)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(ended.time)).toBeLessThanOrEqual(Date.now())
})
