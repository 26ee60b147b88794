import type { OwnRequest } from '../../shared/http/gateway-event.ts'

/** What the function asks itself while it starts: the most usual request, and how it is. */
export const OWN_REQUESTS: readonly OwnRequest[] = [
  { method: 'GET', target: '/api/score-bet?sport=smoke&market=smoke' },
  { method: 'GET', target: '/api/health' },
]
