#!/usr/bin/env node
/**
 * Times a first and a second `npm start` on a bet log, with their peak memory.
 *
 * npm run bench:start -- --bets FILE      (default: the demo ledger)
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const dataDir = await mkdtemp(join(tmpdir(), 'closeline-bench-'))
try {
  process.stdout.write(`first start:  ${await measure(process.argv.slice(2))}\n`)
  process.stdout.write(`second start: ${await measure([])}\n`)
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/** Starts the product, waits until it is ready, reads its peak memory, and stops it. */
async function measure(extra: string[]): Promise<string> {
  const begin = performance.now()
  const child = spawn(process.execPath, ['bin/dev.ts', '--data', dataDir, '--port', '0', '--json', ...extra], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = await new Promise<{ bets: number }>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as { bets: number }))
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)))
  })
  const seconds = (performance.now() - begin) / 1000
  const peak = await peakMemory(child.pid)
  child.kill('SIGINT')
  await ended
  return `${ready.bets} bets ready after ${seconds.toFixed(1)} s, peak memory ${peak}`
}

async function peakMemory(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])
  return Number.isNaN(kilobytes) ? 'not known on this system' : `${(kilobytes * 1024 * 1e-9).toFixed(2)} GB`
}
