import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../shared/config/events.ts'
import { EVENT_TYPES, encodeEvent, eventSchema, MAX_EXAMPLES } from '../../../shared/config/events.ts'
import { InvariantError } from '../../../shared/kernel/errors.ts'
import { EVENTS, syncFailed } from '../../support/events.ts'

const [completed, failed, anomalies, , stale] = EVENTS

describe('an event', () => {
  it.each(EVENTS.map((event) => [event.type, event] as const))('reads as it was written: %s', (_, event) => {
    expect(eventSchema.parse(JSON.parse(encodeEvent(event)))).toEqual(event)
  })

  it('is of one of the types that rules may route', () => {
    expect(EVENT_TYPES.length).toBeGreaterThan(10)
    expect(EVENTS.map(({ type }) => type).sort()).toEqual([...EVENT_TYPES].sort())
  })

  it('is read by an older reader, without what that one does not know', () => {
    const newer = { ...syncFailed('supabase'), region: 'eu-central-1' }
    expect(eventSchema.parse(newer)).toEqual(syncFailed('supabase'))
  })

  const example = { recordId: 'bet-1', type: 'odds', sentence: 'No price.' }
  const BROKEN: [what: string, event: object][] = [
    ['an instant without a zone', { ...completed, at: '2025-06-01 04:00:00' }],
    ['a count that is no number', { ...completed, bets: Number.NaN }],
    ['a count below nought', { ...completed, changed: -1 }],
    ['an empty run id', { ...completed, runId: '' }],
    ['a failed gate without a failed check', { ...failed, failed: [] }],
    ['an infinite value', { ...failed, failed: [{ name: 'a', value: Number.POSITIVE_INFINITY, low: null, high: 1 }] }],
    ['no anomaly', { ...anomalies, critical: 0 }],
    ['too many examples', { ...anomalies, examples: Array(MAX_EXAMPLES + 1).fill(example) }],
    ['an age before the last change', { ...stale, hoursSinceLastChange: -0.5 }],
    ['an unknown type', { ...completed, type: 'PipelineStarted' }],
  ]

  it.each(BROKEN)('is not written with %s', (_, event) => {
    expect(eventSchema.safeParse(event).success).toBe(false)
    expect(() => encodeEvent(event as DomainEvent)).toThrow(InvariantError)
  })

  it('names the member that is wrong', () => {
    const event = { ...syncFailed('supabase'), attempts: 0 }
    expect(() => encodeEvent(event)).toThrow(/^SyncFailed: attempts: /)
  })
})
