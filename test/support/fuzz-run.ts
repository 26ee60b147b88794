import { messageOf } from '../../shared/kernel/errors.ts'
import type { JudgeOptions } from './fuzz-judge.ts'
import { judgeAnswer } from './fuzz-judge.ts'
import { createOpenApiChecker } from './openapi-checker.ts'
import type { OpenApiDocument } from './openapi-document.ts'
import type { FuzzedRequest, FuzzKeys } from './openapi-fuzzer.ts'
import { createFuzzer } from './openapi-fuzzer.ts'
import { curlOf, openWire } from './wire.ts'

export interface FuzzFailure {
  operation: string
  note: string
  access: string
  status: number | undefined
  complaints: string[]
  /** Sends the same request again; `$KEY` stands for the key. */
  curl: string
}

export interface FuzzReport {
  requests: number
  /** Answers by operation and status. */
  counts: Map<string, Map<number, number>>
  /** Valid requests with the right key that met with success, by operation, of how many. */
  accepted: Map<string, { succeeded: number; sent: number }>
  failures: FuzzFailure[]
}

export interface FuzzOptions {
  url: string
  document: OpenApiDocument
  keys: FuzzKeys
  seed: number
  requests: number
  judge?: JudgeOptions
  onProgress?: (done: number) => void
}

const CONNECTIONS = 8

/** Sends generated requests to a running API and judges every answer. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, document, keys, seed, requests } = options
  const checker = createOpenApiChecker(document)
  const fuzzer = createFuzzer(document, checker, { seed, keys })
  const report: FuzzReport = { requests: 0, counts: new Map(), accepted: new Map(), failures: [] }
  using wire = openWire(url, CONNECTIONS)

  const attack = async (request: FuzzedRequest): Promise<void> => {
    try {
      const answer = await wire.send(request)
      note(report, request, answer.status)
      fail(request, answer.status, judgeAnswer(checker, request, answer, options.judge))
    } catch (thrown) {
      fail(request, undefined, [`there is no answer: ${messageOf(thrown)}`])
    }
  }
  const fail = (request: FuzzedRequest, status: number | undefined, complaints: string[]): void => {
    if (complaints.length === 0) return
    const { operation, note: what, access } = request
    report.failures.push({
      operation: operation.name,
      note: what,
      access,
      status,
      complaints,
      curl: curlOf(url, request),
    })
  }
  const attackOnAndOn = async (): Promise<void> => {
    while (report.requests < requests) {
      report.requests++
      await attack(fuzzer.next())
      if (report.requests % 100 === 0) options.onProgress?.(report.requests)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, attackOnAndOn))
  return report
}

/** Operations that no valid request got through to: what stands behind their validation was not tried. */
export function neverReached({ accepted }: FuzzReport): string[] {
  return [...accepted].filter(([, { succeeded }]) => succeeded === 0).map(([operation]) => operation)
}

function note(report: FuzzReport, { operation, kind, access }: FuzzedRequest, status: number): void {
  const counts = report.counts.get(operation.name) ?? new Map<number, number>()
  report.counts.set(operation.name, counts.set(status, (counts.get(status) ?? 0) + 1))
  if (kind !== 'valid' || access !== 'right') return
  const accepted = report.accepted.get(operation.name) ?? { succeeded: 0, sent: 0 }
  // An operation that only ever refuses, as a path that is gone, succeeds by refusing.
  const mayRefuse = ![...operation.responses.keys()].some((declared) => declared < 300)
  const succeeded = accepted.succeeded + (status < 300 || (mayRefuse && operation.responses.has(status)) ? 1 : 0)
  report.accepted.set(operation.name, { succeeded, sent: accepted.sent + 1 })
}
