import { readFile } from 'node:fs/promises'
import type { FunctionSpec } from './function-spec.ts'

/** An invocation as its report tells it. */
export interface Reported {
  requestId: string
  durationMs: number
  status: 'success' | 'error'
  pid: number | undefined
}

/**
 * The line that Lambda itself writes at the end of an invocation where logs are JSON. The memory is the most that the
 * process has had resident, in MiB; left out where this system does not tell it.
 *
 * @see AWS, "Lambda Telemetry API event schema reference": `platform.report`
 */
export async function reportLine({ memoryMb }: FunctionSpec, reported: Reported): Promise<string> {
  const { requestId, durationMs, status, pid } = reported
  const maxMemoryUsedMB = await peakMemoryMb(pid)
  const metrics = {
    ...{ durationMs, billedDurationMs: Math.ceil(durationMs), memorySizeMB: memoryMb },
    ...(maxMemoryUsedMB === undefined ? {} : { maxMemoryUsedMB }),
  }
  const record = { requestId, metrics, status }
  return JSON.stringify({ time: new Date().toISOString(), type: 'platform.report', record })
}

async function peakMemoryMb(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
  return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1024)
}
