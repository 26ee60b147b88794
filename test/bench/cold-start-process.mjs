// Starts one bundled function in a process of its own and tells its parent how long that took: see cold-start.ts.
// Not TypeScript: what strips types would be in the measured process's memory.
import { pathToFileURL } from 'node:url'

const [, , name, file, key] = process.argv
const WARM_REQUESTS = 40

const told = new Map()
listen()
const begunMs = performance.now()
const { handler } = await import(pathToFileURL(file).href)
const startMs = performance.now() - begunMs
const { user, system } = process.cpuUsage()
const startCpuMs = (user + system) / 1000

const firstMs = await time()
const startMegabytes = process.memoryUsage.rss() / 1e6
const secondMs = await time()
const others = []
for (let i = 0; i < WARM_REQUESTS; i++) others.push(await time())
others.sort((a, b) => a - b)
const warmMegabytes = process.memoryUsage.rss() / 1e6
const warmMs = others[WARM_REQUESTS / 2]
const [loadMs, trialMs] = [told.get('loaded') ?? 0, told.get('self_trial') ?? 0]
const start = {
  startMs,
  importMs: startMs - loadMs - trialMs,
  loadMs,
  trialMs,
  startCpuMs,
  firstMs,
  secondMs,
  warmMs,
  startMegabytes,
  warmMegabytes,
}
process.send(start, () => process.exit(0))

/** Milliseconds of one request, which has to be answered as it should be. */
async function time() {
  const event = eventOf()
  const before = performance.now()
  const { statusCode, isAuthorized } = await handler(event, { awsRequestId: 'request' })
  const took = performance.now() - before
  if (statusCode === 200 || isAuthorized === true) return took
  throw new Error(`${name} answered ${statusCode ?? isAuthorized}`)
}

/** Keeps the durations that log lines tell. */
function listen() {
  process.stdout.write = (line) => {
    if (!line.startsWith('{')) return true
    const { event, durationMs } = JSON.parse(line)
    if (durationMs !== undefined) told.set(event, durationMs)
    return true
  }
}

function eventOf() {
  const isPrediction = name === 'prediction'
  const path = isPrediction ? '/api/v1/predict' : '/api/score-bet'
  const http = { method: isPrediction ? 'POST' : 'GET', path, sourceIp: '192.0.2.1' }
  const bet = { sport: 'Tennis', league: 'ATP', market: 'Moneyline', institution_name: 'Bookmaker', odds: -110 }
  return {
    ...{ version: '2.0', type: 'REQUEST', routeKey: '$default', rawPath: path, isBase64Encoded: false },
    rawQueryString: isPrediction ? '' : 'sport=Tennis&market=Moneyline',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    requestContext: { requestId: 'request', domainName: 'api.test', stage: '$default', http },
    body: isPrediction ? JSON.stringify(bet) : null,
  }
}
