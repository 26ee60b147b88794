#!/usr/bin/env node
/**
 * Times the API: the product in a process on core 0, autocannon in this one on core 1, connections kept alive.
 *
 *     npm run bench:api -- [--seconds 8] [--connections 16] [--json]
 *
 * Warms up for 8 seconds before each measurement: so long the compiler is at work. Where `taskset` is missing, the system shares the cores out. Exits
 * with 1 where an answer was no success: a quick refusal is no speed. A bar that is missed is told and is no failure,
 * since it depends on the machine.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { table } from '../../bin/terminal.ts'

const WARM_UP_SECONDS = 8
const BATCH = 100

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }
const BETS = Array.from({ length: BATCH }, (_, i) => ({ ...BET, odds: i % 2 === 0 ? -110 - i : 100 + i }))
const SCORE = '/api/score-bet?sport=Basketball&market=Spread&book=DraftKings&league=NBA'

/** One measurement. */
interface Figure {
  name: string
  requestsPerSecond: number
  p50: number
  p99: number
  failed: number
}

/** What the issue asks for. */
interface Bar {
  name: string
  asked: string
  measured: string
  isMet: boolean
}

if (options.help) process.stdout.write('bench:api [--seconds 8] [--connections 16] [--json]\n')
else process.exitCode = await main()

async function main(): Promise<number> {
  pin(process.pid, 1)
  const figures = await measureServer()
  const inProcess = await measureInProcess()
  const bars = judge(figures, inProcess)
  const report = { seconds: Number(options.seconds), isPinned: hasTaskset(), figures, inProcess, bars }
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${textOf(figures, inProcess, bars)}\n`)
  return figures.some(({ failed }) => failed > 0) ? 1 : 0
}

async function measureServer(): Promise<Figure[]> {
  const server = startServer(['serve'])
  try {
    const { url, key } = JSON.parse(await firstLine(server)) as { url: string; key: string }
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    const post = (path: string, body: unknown) => ({ path, method: 'POST', body: JSON.stringify(body), headers })
    const figures = [await measure('GET /live', url, { path: '/live' })]
    figures.push(await measure('POST /api/v1/predict', url, post('/api/v1/predict', BET)))
    if (await isServed(url, '/api/v1/batch-predict')) {
      const one = await measure('batch of 100, one at a time', url, post('/api/v1/batch-predict', { bets: BETS }), 1)
      figures.push(one)
      figures.push(await measure('batch of 100', url, post('/api/v1/batch-predict', { bets: BETS })))
    }
    figures.push(await measure('GET /api/score-bet', url, { path: SCORE, headers }))
    return figures
  } finally {
    server.stdin.end()
    await once(server, 'exit')
  }
}

interface Shot {
  path: string
  method?: string
  body?: string
  headers?: Record<string, string>
}

async function measure(
  name: string,
  url: string,
  shot: Shot,
  connections = Number(options.connections),
): Promise<Figure> {
  process.stderr.write(`measuring ${name}\n`)
  const { path, ...request } = shot
  const settings = { url: `${url}${path}`, connections, ...request }
  await autocannon({ ...settings, duration: WARM_UP_SECONDS })
  const { requests, latency, errors, timeouts, non2xx } = await autocannon({
    ...settings,
    duration: Number(options.seconds),
  })
  const failed = errors + timeouts + non2xx
  return { name, requestsPerSecond: requests.average, p50: latency.p50, p99: latency.p99, failed }
}

async function measureInProcess(): Promise<{ p50: number; p99: number }> {
  process.stderr.write('measuring app.fetch\n')
  const child = startServer(['in-process', '/api/v1/predict', JSON.stringify(BET)])
  child.stdin.end()
  return JSON.parse(await firstLine(child)) as { p50: number; p99: number }
}

function judge(figures: readonly Figure[], inProcess: { p50: number }): Bar[] {
  const found = (name: string) => figures.find((figure) => figure.name === name)
  const rate = (name: string) => found(name)?.requestsPerSecond ?? Number.NaN
  const predict = rate('POST /api/v1/predict')
  const share = predict / rate('GET /live')
  const p99 = found('POST /api/v1/predict')?.p99 ?? Number.NaN
  const batch = found('batch of 100, one at a time')?.p50 ?? Number.NaN
  const score = rate('GET /api/score-bet')
  const bar = (name: string, asked: string, measured: string, isMet: boolean): Bar => ({ name, asked, measured, isMet })
  return [
    bar('single predict', '≥ 8,000 requests/s', `${Math.round(predict)}`, predict >= 8000),
    bar('single predict, p99', '< 10 ms', `${p99} ms`, p99 < 10),
    bar('single predict beside /live', '≥ half', share.toFixed(2), share >= 0.5),
    bar('batch of 100, p50', '< 4 ms', Number.isNaN(batch) ? 'not served' : `${batch} ms`, batch < 4),
    bar('score-bet', '≥ 8,000 requests/s', `${Math.round(score)}`, score >= 8000),
    bar('app.fetch predict, p50', '< 0.25 ms', `${inProcess.p50.toFixed(3)} ms`, inProcess.p50 < 0.25),
  ]
}

function textOf(figures: readonly Figure[], inProcess: { p50: number; p99: number }, bars: readonly Bar[]): string {
  const live = figures[0]?.requestsPerSecond ?? Number.NaN
  const rows = figures.map(({ name, requestsPerSecond, p50, p99, failed }) => [
    name,
    String(Math.round(requestsPerSecond)),
    `${p50} ms`,
    `${p99} ms`,
    (requestsPerSecond / live).toFixed(2),
    String(failed),
  ])
  const fetched = ['app.fetch predict', '', `${inProcess.p50.toFixed(3)} ms`, `${inProcess.p99.toFixed(3)} ms`, '', '']
  return [
    table([['', 'requests/s', 'p50', 'p99', 'of /live', 'failed'], ...rows, fetched]),
    '',
    table([
      ['bar', 'asked', 'measured', ''],
      ...bars.map(({ name, asked, measured, isMet }) => [name, asked, measured, isMet ? 'met' : 'missed']),
    ]),
    ...(hasTaskset() ? [] : ['', 'taskset is missing: server and client shared the cores']),
  ].join('\n')
}

async function isServed(url: string, path: string): Promise<boolean> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }
  return path in document.paths
}

function startServer(args: readonly string[]) {
  const node = [process.execPath, `${import.meta.dirname}/api-server.ts`, ...args]
  const [command = '', ...rest] = hasTaskset() ? ['taskset', '-c', '0', ...node] : node
  return spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function firstLine({ stdout }: ReturnType<typeof startServer>): Promise<string> {
  let text = ''
  for await (const part of stdout) {
    text += String(part)
    if (text.includes('\n')) break
  }
  if (!text.includes('\n')) throw new Error('the server ended before it was ready')
  return text.slice(0, text.indexOf('\n'))
}

function hasTaskset(): boolean {
  return spawnSync('taskset', ['--version']).status === 0
}

/** Keeps a process on one core, where that can be done. */
function pin(pid: number, core: number): void {
  if (hasTaskset()) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)])
}
