import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readySchema } from '../../functions/prediction/health-contract.ts'
import { scoreBodySchema } from '../../functions/scoring/score-contract.ts'
import { jsonRequest, openApiOf, problemOf } from '../support/http-answers.ts'
import { writeLedgerCsv } from '../support/ledger-csv.ts'
import type { Finished, ProductProcess } from '../support/product-process.ts'
import { closeline, runProduct } from '../support/product-process.ts'
import { simulatedLedger } from '../support/simulated-ledgers.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', institution_name: 'DraftKings', odds: -110 }

/** What `--json` prints when the product is ready, as far as it is looked at here. */
interface Ready {
  ready: boolean
  url: string
  apiKey: string
  data: string
  bets: number
  quarantined: number
  import: Record<string, number> | null
  quality: { checks: unknown[] }
  trained: boolean
  served: string
  reason: string
  candidate: {
    version: string
    scores: { model: { n: number }; implied: { n: number }; recalibratedImplied: { n: number } }
  }
}

const BAD_LINES = [
  'no-odds-at-all',
  ',Tennis,ATP,Moneyline,X,straight,-110,SETTLED_WIN,true,,,false,2025-03-01T00:00:00Z,',
]

describe('npm start', () => {
  const bets = simulatedLedger()
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let data: string
  let csv: string
  let product: ProductProcess
  let ready: Ready
  let stoppedEarly: Finished & { afterMs: number; lock: boolean }

  const lock = () => join(data, 'lock.json')
  const start = (...args: string[]) => runProduct('dev.ts', ['--data', data, '--port', '0', '--json', ...args])
  const request = (path: string, init?: RequestInit) =>
    fetch(`${ready.url}${path}`, { ...init, headers: { ...init?.headers, 'x-api-key': ready.apiKey } })
  const app = { request }

  beforeAll(async () => {
    folder = await temporaryFolder()
    data = join(folder.path, 'data')
    csv = await writeLedgerCsv(join(folder.path, 'bets.csv'), bets, BAD_LINES)
    await using killed = start('--bets', csv)
    await vi.waitUntil(() => existsSync(join(data, 'supabase.unfinished')), { timeout: 20_000, interval: 20 })
    killed.kill('SIGKILL')
    await killed.finished
    await using stopped = start('--bets', csv)
    await vi.waitUntil(() => stopped.stderr().includes('Opening the database'), { timeout: 20_000, interval: 5 })
    stopped.kill('SIGINT')
    const askedAt = performance.now()
    stoppedEarly = { ...(await stopped.finished), afterMs: performance.now() - askedAt, lock: existsSync(lock()) }
    product = start('--bets', csv)
    ready = JSON.parse(await product.firstLine()) as Ready
  })

  afterAll(async () => {
    await product?.[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  it('begins anew where a first run was killed half-way', () => {
    expect(existsSync(join(data, 'supabase.unfinished'))).toBe(false)
    expect(ready).toMatchObject({ ready: true, data: 'own', trained: true, bets: bets.length })
  })

  it('stops at Ctrl-C while it prepares, at once, and leaves no lock and no work going on', () => {
    expect(stoppedEarly).toMatchObject({ code: 0, signal: null, stdout: '', lock: false })
    expect(stoppedEarly.afterMs).toBeLessThan(3000)
  })

  it('accounts for every row of the file', () => {
    const { rowsRead, rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined } = ready.import ?? {}
    expect(rowsRead).toBe(bets.length + BAD_LINES.length)
    expect([rowsImported, rowsUpdated, rowsUnchanged, rowsQuarantined]).toEqual([bets.length, 0, 0, BAD_LINES.length])
    expect(ready.quarantined).toBe(BAD_LINES.length)
  })

  it('tells scores with the number of bets and both baselines beside them', () => {
    const { model, implied, recalibratedImplied } = ready.candidate.scores
    expect(model.n).toBeGreaterThan(200)
    expect([implied.n, recalibratedImplied.n]).toEqual([model.n, model.n])
    expect(ready.quality.checks.length).toBeGreaterThan(5)
  })

  it('serves predictions, scores and health over HTTP', async () => {
    const prediction = await request('/api/v1/predict', jsonRequest(BET))
    expect(await prediction.json()).toMatchObject({ model_version: ready.served, data: 'own' })
    const score = scoreBodySchema.parse(await (await request('/api/score-bet?sport=Basketball&market=Spread')).json())
    expect(score.performance).toMatchObject({ totalWagered: null, roiBasis: 'flat_stakes' })
    expect(score.settlementTimes).toBe('assumed')
    expect(readySchema.parse(await (await request('/ready')).json()).model_version).toBe(ready.served)
    expect(Object.keys((await openApiOf(app)).paths)).toEqual(
      expect.arrayContaining(['/api/score-bet', '/api/v1/predict']),
    )
    expect((await request('/docs')).headers.get('content-security-policy')).toContain('nonce-')
  })

  it('prints a key with all scopes, and answers nobody without one', async () => {
    expect(ready.apiKey).toMatch(/^cl_live_/)
    expect((await fetch(`${ready.url}/api/v1/predict`, jsonRequest(BET))).status).toBe(401)
    expect((await fetch(`${ready.url}/health`)).status).toBe(200)
    expect(await readFile(join(data, 'api.log'), 'utf8')).not.toContain(ready.apiKey)
  })

  it('answers as each app would alone: its own problems, its request id, one log line a request', async () => {
    const invalid = await request('/api/score-bet?sport=Basketball')
    expect(invalid.status).toBe(400)
    expect(await problemOf(invalid)).toMatchObject({ success: false })
    expect((await request('/api/v1/predict', jsonRequest({ ...BET, odds: 50 }))).status).toBe(422)
    const missing = await request('/nothing-here')
    expect(missing.status).toBe(404)
    const { requestId } = await problemOf(missing)
    await expect.poll(async () => logLinesOf(requestId)).toHaveLength(1)
  })

  it('refuses to start beside itself, in one line', async () => {
    const { code, stdout, stderr } = await start().finished
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^closeline: process \d+ works in \S+: stop it, or name another folder with --data\n$/)
  })

  it('lets the command line work on its ledger', async () => {
    const { code, stdout } = await closeline('import', csv, '--data', data, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rowsImported: 0, rowsUpdated: 0, rowsUnchanged: bets.length })
  })

  it('is not ready, says why, and predicts on while its model file is damaged', async () => {
    const onnx = join(data, 'objects', 'models', ready.served, 'model.onnx')
    const sound = await readFile(onnx)
    await writeFile(onnx, 'garbage')
    const notReady = await request('/ready')
    expect(notReady.status).toBe(503)
    expect((await problemOf(notReady)).detail).toContain(ready.served)
    expect((await request('/api/v1/predict', jsonRequest(BET))).status).toBe(200)
    await writeFile(onnx, sound)
    expect((await request('/ready')).status).toBe(200)
  })

  it('stops at Ctrl-C, leaving no lock', async () => {
    product.kill('SIGINT')
    expect(await product.finished).toMatchObject({ code: 0, signal: null })
    expect(existsSync(lock())).toBe(false)
  })

  it('finds everything in place when it starts again, and trains no second time', async () => {
    product = start('--bets', csv)
    const again = JSON.parse(await product.firstLine()) as Ready
    expect(again).toMatchObject({ trained: false, served: ready.served, reason: ready.reason, bets: bets.length })
    expect(again.apiKey).toBe(ready.apiKey)
    expect(again.import).toMatchObject({ rowsImported: 0, rowsUpdated: 0, rowsUnchanged: bets.length })
    expect(again.quarantined).toBe(BAD_LINES.length)
    ready = again
  })

  it('takes bets in, which the next run of the pipeline will find', async () => {
    const bet = { sport: 'Tennis', league: 'ATP', market: 'Moneyline', institution_name: 'X', bet_type: 'straight' }
    const row = { id: 'synced-1', ...bet, american_odds: 150, status: 'PLACED', time_placed: '2026-01-02T03:04:05Z' }
    const synced = await request('/api/sync', jsonRequest({ bets: [row] }))
    expect(await synced.json()).toMatchObject({ success: true, results: [{ id: 'synced-1', verdict: 'inserted' }] })
    const listed = await request('/api/bets?sport=Tennis&limit=1')
    expect(await listed.json()).toMatchObject({ bets: [{ id: 'synced-1', state: 'open' }] })
  })

  it('stops when it is told to', async () => {
    product.kill('SIGTERM')
    expect((await product.finished).code).toBe(0)
  })

  async function logLinesOf(requestId: string): Promise<string[]> {
    const log = await readFile(join(data, 'api.log'), 'utf8')
    return log.split('\n').filter((line) => line.includes(requestId))
  }
})

describe('npm start refuses in one line, with exit code 2, before it touches anything,', () => {
  it.each([
    [
      'a port in use',
      (port: number) => ['--port', String(port)],
      /^closeline: port \d+ is in use: name another with --port\n$/,
    ],
    [
      'a file that is not there',
      () => ['--port', '0', '--bets', 'nowhere.csv'],
      /^closeline: nowhere.csv: there is no such file\n$/,
    ],
    ['an unknown option', () => ['--bet', 'x.csv'], /unknown option '--bet'/],
  ])('%s', async (_, args, sentence) => {
    await using folder = await temporaryFolder()
    const data = join(folder.path, 'data')
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { code, stdout, stderr } = await runProduct('dev.ts', ['--data', data, ...args(port)]).finished
    server.close()
    expect(stderr).toMatch(sentence)
    expect([code, stdout, existsSync(data)]).toEqual([2, '', false])
  })

  it('but shows its help with exit code 0', async () => {
    const { code, stdout } = await runProduct('dev.ts', ['--help']).finished
    expect(code).toBe(0)
    for (const option of ['--bets', '--port', '--data', '--fresh', '--json']) expect(stdout).toContain(option)
  })
})
