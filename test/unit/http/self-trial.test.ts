import { describe, expect, it } from 'vitest'
import type { AccessControl } from '../../../shared/access/client.ts'
import { createSelfTrial } from '../../../shared/http/self-trial.ts'
import { tryItself } from '../../../shared/http/try-itself.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryMetrics } from '../../support/memory-metrics.ts'

const NOBODY: AccessControl = { check: () => ({ refusal: 'missing' }) }

describe('a trial of itself', () => {
  it('is seen, counted and let in by nobody else, and ends', async () => {
    const trial = createSelfTrial()
    const [logger, metrics] = [memoryLogger(), memoryMetrics()]
    const { access } = trial.doors({ access: NOBODY })
    const use = () => {
      for (const level of ['info', 'warn', 'error'] as const) trial.logger(logger)[level]('request')
      trial.metrics(metrics).record('http_requests_total', 1, 'Count', { route: '/live' })
      return access.check(undefined)
    }
    const during = await trial.run(async () => use())
    expect(during).toEqual({ client: { keyId: 'self-trial', name: 'self-trial', scopes: ['read', 'predict'] } })
    expect([logger.lines, metrics.of('http_requests_total')]).toEqual([[], []])
    expect(use()).toEqual({ refusal: 'missing' })
    expect(logger.lines.map(({ level }) => level)).toEqual(['info', 'warn', 'error'])
    expect(metrics.of('http_requests_total')).toHaveLength(1)
  })

  it('ends where it fails', async () => {
    const trial = createSelfTrial()
    await expect(trial.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(trial.isOn()).toBe(false)
    expect(trial.doors({ access: NOBODY }).access.check(undefined)).toEqual({ refusal: 'missing' })
  })

  it('asks each request as a gateway does, and logs what came of them', async () => {
    const trial = createSelfTrial()
    const logger = memoryLogger()
    const seen: unknown[] = []
    const answer = async (event: unknown) => {
      seen.push(event, trial.isOn())
      return { statusCode: 503 }
    }
    let at = 0
    const stopwatch = () => {
      at += 20
      return at
    }
    await tryItself({ trial, answer, stopwatch, logger }, [{ method: 'POST', target: '/a/b?c=d%20e', body: { x: 1 } }])
    expect(seen).toMatchObject([
      {
        ...{ version: '2.0', rawPath: '/a/b', rawQueryString: 'c=d%20e', body: '{"x":1}', isBase64Encoded: false },
        headers: { 'content-type': 'application/json' },
        requestContext: { http: { method: 'POST', path: '/a/b' } },
      },
      true,
    ])
    expect(logger.of('self_trial').map(({ fields }) => fields)).toEqual([
      { statuses: { 'POST /a/b': 503 }, durationMs: 20 },
    ])
  })

  it('keeps no function from starting', async () => {
    const trial = createSelfTrial()
    const logger = memoryLogger()
    const answer = () => Promise.reject(new Error('broken'))
    await tryItself({ trial, answer, stopwatch: () => 0, logger }, [{ method: 'GET', target: '/live' }])
    expect(logger.of('self_trial_failed').map(({ fields }) => fields)).toEqual([{ statuses: {}, cause: 'broken' }])
    expect(trial.isOn()).toBe(false)
  })
})
