import { describe, expect, it } from 'vitest'
import { parseTrainingMessage } from '../../../../functions/training/message.ts'
import { encodeEvent } from '../../../../shared/config/events.ts'

const requested = (overrides: object = {}) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'RetrainingRequested',
  source: 'closeline',
  detail: {
    type: 'RetrainingRequested',
    at: '2026-06-01T02:00:00.000Z',
    requestId: 'decay-2026-06-01',
    rule: 'decay',
    reason: 'what was served loses to the market',
    ...overrides,
  },
})

describe('a message to the training function', () => {
  it('may be a schedule’s payload, which names its execution', () => {
    const message = { rule: 'schedule', reason: 'the weekly schedule', requestId: 'execution-1' }
    expect(parseTrainingMessage(message, 'delivery')).toEqual(message)
  })

  it.each([undefined, null, {}])('may say nothing (%j): it goes by the delivery, repeated or not', (message) => {
    const request = { rule: 'schedule', reason: 'the weekly schedule', requestId: 'delivery' }
    expect(parseTrainingMessage(message, 'delivery')).toEqual(request)
  })

  it('may be an event, as the bus delivers it', () => {
    const { detail } = requested()
    encodeEvent(detail as Parameters<typeof encodeEvent>[0])
    expect(parseTrainingMessage(requested(), 'delivery')).toEqual({
      ...{ rule: 'decay', reason: 'what was served loses to the market', requestId: 'decay-2026-06-01' },
    })
  })

  it.each([
    ['of another type', { 'detail-type': 'ModelPromoted', detail: { type: 'ModelPromoted' } }],
    [
      'of another kind',
      { ...requested(), detail: { ...requested().detail, type: 'ModelPromoted', modelVersion: 'x', previous: null } },
    ],
    ['without its detail', { 'detail-type': 'RetrainingRequested' }],
    ['for a rule that there is none of', requested({ rule: 'whim' })],
    ['that asks for more than is known', { rule: 'schedule', force: true }],
  ])('is refused %s', (_, message) => {
    expect(() => parseTrainingMessage(message, 'delivery')).toThrow()
  })
})
