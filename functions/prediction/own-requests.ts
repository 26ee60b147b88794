import type { OwnRequest } from '../../shared/http/gateway-event.ts'

/** An even-money bet on nothing known. */
const bet = { sport: 'smoke', league: 'smoke', market: 'smoke', institution_name: 'smoke', odds: 100 }

/** What the function asks itself while it starts: the most usual request and the least. */
export const OWN_REQUESTS: readonly OwnRequest[] = [
  { method: 'POST', target: '/api/v1/predict', body: bet },
  { method: 'GET', target: '/live' },
]
