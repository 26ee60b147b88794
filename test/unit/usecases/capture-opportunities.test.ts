import { beforeEach, describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../shared/kernel/errors.ts'
import { captureOpportunities, listOpportunities } from '../../../shared/usecases/capture-opportunities.ts'
import type { EventPublisher } from '../../../shared/usecases/event-ports.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { memoryEventPublisher } from '../../support/memory-event-publisher.ts'
import { memoryLogger } from '../../support/memory-logger.ts'
import { memoryOpportunityStore } from '../../support/memory-opportunity-store.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)
const HOUR_MS = 3_600_000
const OFFER = { sport: 'Basketball', market: 'Spread', book: 'DraftKings' }
const iso = (hours: number) => new Date(NOW_MS + hours * HOUR_MS).toISOString()

describe('capturing opportunities', () => {
  let store: ReturnType<typeof memoryOpportunityStore>
  let clock: ReturnType<typeof manualClock>

  beforeEach(() => {
    store = memoryOpportunityStore()
    clock = manualClock(NOW_MS)
  })

  const capture = (...items: unknown[]) => captureOpportunities({ store, clock }, items)
  const kept = async () => (await store.list({}, { limit: 200, after: null })).map(({ offer }) => offer)

  it('keeps what an opportunity says, and a life of a day where it does not say', async () => {
    const full = {
      ...OFFER,
      league: ' NBA ',
      selection: 'Lakers',
      odds: 105.5,
      value: -3,
      timestamp: iso(-1),
      expires_at: iso(3),
    }
    expect(await capture(full, OFFER)).toEqual({ captured: 2, duplicates: 0, rejected: [] })
    const byLeague = (await kept()).sort((a, b) => (a.league ?? '').localeCompare(b.league ?? ''))
    expect(byLeague).toMatchObject([
      {
        ...OFFER,
        league: null,
        selection: null,
        americanOdds: null,
        expectedValuePct: null,
        observedAtMs: null,
        expiresAtMs: NOW_MS + 24 * HOUR_MS,
      },
      {
        league: 'NBA',
        selection: 'Lakers',
        americanOdds: 105.5,
        expectedValuePct: -3,
        observedAtMs: NOW_MS - HOUR_MS,
        expiresAtMs: NOW_MS + 3 * HOUR_MS,
      },
    ])
  })

  it('counts the same offer once, in one batch and in two', async () => {
    const offer = { ...OFFER, odds: -110, league: 'NBA', selection: 'Over' }
    expect(await capture({ ...offer, value: 1 }, offer)).toMatchObject({ captured: 1, duplicates: 1 })
    expect(await kept()).toMatchObject([{ seenCount: 2, expectedValuePct: 1 }])
    clock.advance(HOUR_MS)
    expect(await capture({ ...offer, value: 2, timestamp: iso(0) })).toMatchObject({ captured: 0, duplicates: 1 })
    expect(await kept()).toMatchObject([{ seenCount: 3, expectedValuePct: 2, lastSeenAtMs: NOW_MS + HOUR_MS }])
  })

  it.each([
    { odds: -115 },
    { league: 'WNBA' },
    { selection: 'Under' },
    { book: 'FanDuel' },
    { market: 'Total' },
    { sport: 'Golf' },
  ])('takes another %j for another offer', async (difference) => {
    const offer = { ...OFFER, odds: -110, league: 'NBA', selection: 'Over' }
    expect(await capture(offer, { ...offer, ...difference })).toMatchObject({ captured: 2, duplicates: 0 })
  })

  it('tells no offer from another by joining its names', async () => {
    expect(
      await capture({ ...OFFER, sport: 'a', market: 'b,c' }, { ...OFFER, sport: 'a,b', market: 'c' }),
    ).toMatchObject({
      captured: 2,
    })
  })

  it.each([
    [{ market: 'Spread', book: 'x' }, 'sport', 'is required'],
    [{ ...OFFER, sport: ' ' }, 'sport', 'must not be empty'],
    [{ ...OFFER, sport: 7 }, 'sport', 'must be text'],
    [{ ...OFFER, book: 'x'.repeat(101) }, 'book', 'is longer than 100 characters'],
    [{ ...OFFER, market: 'a\u0000b' }, 'market', 'holds a control character or half a character'],
    [{ ...OFFER, league: 'half \ud83c' }, 'league', 'holds a control character or half a character'],
    [{ ...OFFER, odds: 50 }, 'odds', 'American odds are at most -100 or at least 100, and within a million'],
    [{ ...OFFER, odds: '-110' }, 'odds', 'must be a number'],
    [{ ...OFFER, value: Number.NaN }, 'value', 'must be a number'],
    [{ ...OFFER, value: Number.POSITIVE_INFINITY }, 'value', 'must be a number'],
    [{ ...OFFER, value: -100.5 }, 'value', 'an expected value is -100 to 100000 per cent of the stake'],
    [
      { ...OFFER, timestamp: '2026-03-01' },
      'timestamp',
      'is no date and time with a zone, such as 2026-03-01T18:05:00Z',
    ],
    [{ ...OFFER, timestamp: iso(25) }, 'timestamp', 'is more than a day ahead'],
    [{ ...OFFER, expires_at: iso(0) }, 'expires_at', 'is over already'],
    [{ ...OFFER, expires_at: iso(24 * 367) }, 'expires_at', 'is more than 366 days ahead'],
    [{ ...OFFER, stake: 5, id: 'x' }, 'stake, id', 'is no field of an opportunity'],
    [null, null, 'is no object'],
    ['text', null, 'is no object'],
    [[OFFER], null, 'is no object'],
  ])('rejects %j and keeps the others', async (item, field, message) => {
    expect(await capture(item, OFFER)).toEqual({ captured: 1, duplicates: 0, rejected: [{ index: 0, field, message }] })
  })

  it('lets no default take the place of an expiry that another sighting of the batch told', async () => {
    await capture({ ...OFFER, expires_at: iso(2) }, OFFER)
    expect(await kept()).toMatchObject([{ seenCount: 2, expiresAtMs: NOW_MS + 2 * HOUR_MS }])
  })

  it('takes null and blanks for what is not said', async () => {
    const blank = { league: null, selection: '', odds: null, value: null, timestamp: null, expires_at: '' }
    expect(await capture(OFFER, { ...OFFER, ...blank })).toMatchObject({ captured: 1, duplicates: 1, rejected: [] })
  })

  it('fails where nothing is an opportunity, naming why, and keeps nothing', async () => {
    await expect(capture({}, { ...OFFER, odds: 0 })).rejects.toMatchObject({
      name: 'DomainError',
      code: 'no_opportunity',
      field: 'opportunities.0.sport',
      message: expect.stringContaining('opportunities.1.odds: American odds'),
    })
    expect(store.size()).toBe(0)
  })

  it('removes what ended more than a day ago, so that the store stays as small as what lives', async () => {
    await capture({ ...OFFER, odds: 100, expires_at: iso(1) }, { ...OFFER, odds: 200, expires_at: iso(30) })
    clock.advance(25 * HOUR_MS)
    await capture({ ...OFFER, odds: 300 })
    expect(store.size()).toBe(3)
    clock.advance(1)
    await capture({ ...OFFER, odds: 300 })
    expect((await kept()).map(({ americanOdds }) => americanOdds).sort()).toEqual([200, 300])
  })

  it('lists part by part', async () => {
    await capture(...[100, 200, 300].map((odds) => ({ ...OFFER, odds })))
    const first = await listOpportunities(store, {}, { limit: 2, after: null })
    expect(first.offers).toHaveLength(2)
    const second = await listOpportunities(store, {}, { limit: 2, after: first.next })
    expect([second.offers.length, second.next]).toEqual([1, null])
  })
})

describe('capturing opportunities where they are announced', () => {
  const publisher = memoryEventPublisher()
  const logger = memoryLogger()
  const store = memoryOpportunityStore()
  const capture = (items: unknown[], events: EventPublisher = publisher) =>
    captureOpportunities({ store, clock: manualClock(NOW_MS), announce: { events, logger } }, items)

  it('publishes an event for each new offer with a price', async () => {
    await capture([{ ...OFFER, odds: -200, value: 4.5, expires_at: iso(2) }, OFFER])
    expect(publisher.events).toEqual([
      {
        ...{
          type: 'OpportunityCaptured',
          at: iso(0),
          opportunityId: expect.stringMatching(/^[0-9a-f]{64}$/),
          ...OFFER,
        },
        ...{ league: null, decimalOdds: 1.5, expectedValuePct: 4.5, expiresAt: iso(2) },
      },
    ])
  })

  it('publishes nothing where all are known', async () => {
    await capture([{ ...OFFER, odds: -200 }])
    expect(publisher.events).toHaveLength(1)
  })

  it('keeps offers that cannot be announced, and says so in the log', async () => {
    const broken = { publish: () => Promise.reject(new UpstreamError('bus', 'no bus')) }
    expect(await capture([{ ...OFFER, odds: 150 }], broken)).toMatchObject({ captured: 1 })
    expect(logger.of('events_not_delivered')).toMatchObject([
      { fields: { type: 'OpportunityCaptured', cause: 'no bus' } },
    ])
  })
})
