#!/usr/bin/env node
/**
 * Times sequential `POST /api/v1/predict` against a running API, over one kept-alive connection.
 *
 * npm run bench:predict -- [URL] [REQUESTS]      (default http://127.0.0.1:3000, 1000)
 */
const [url = 'http://127.0.0.1:3000', requests = '1000'] = process.argv.slice(2)

const SPORTS = [
  { sport: 'Basketball', league: 'NBA', market: 'Spread' },
  { sport: 'Baseball', league: 'MLB', market: 'Moneyline' },
  { sport: 'Tennis', league: 'ATP', market: 'Total Games' },
]

async function predict(i: number): Promise<number> {
  const body = JSON.stringify({
    ...SPORTS[i % 3],
    institution_name: 'DraftKings',
    odds: i % 2 ? -110 - (i % 90) : 100 + i,
  })
  const begin = performance.now()
  const response = await fetch(`${url}/api/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await response.json()
  if (response.status !== 200) throw new Error(`${response.status} for ${body}`)
  return performance.now() - begin
}

for (let i = 0; i < 100; i++) await predict(i)
const times: number[] = []
for (let i = 0; i < Number(requests); i++) times.push(await predict(i))
times.sort((a, b) => a - b)
const at = (share: number) =>
  (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN).toFixed(2)
process.stdout.write(
  `${times.length} sequential predictions: median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms\n`,
)
