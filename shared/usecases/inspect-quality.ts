import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'
import { partitionId } from '../lake/layout.ts'
import type { LakeState } from '../lake/state.ts'
import { findCurrentState, profileOf } from '../lake/state.ts'
import { anomalySchema, byGravity } from '../quality/anomaly.ts'
import type { QualityReport } from '../quality/gate.ts'
import { judgeQuality } from '../quality/gate.ts'
import type { Thresholds } from '../quality/thresholds.ts'

const findingSchema = anomalySchema.extend({ sport: z.string().nullable(), month: z.string() })

/** An anomaly and the partition of its bet. */
export type Finding = z.infer<typeof findingSchema>

export interface QualityInspection {
  runId: string
  report: QualityReport
  partitions: LakeState['partitions']
  /** Anomalies of all partitions, gravest first. */
  findings: Finding[]
}

/**
 * Judges the lake's newest state again, with the limits and the clock of now.
 *
 * @throws {DomainError} `empty_lake`, `corrupt_object`
 */
export async function inspectQuality(
  deps: { objects: ObjectStore; clock: Clock },
  thresholds: Thresholds,
): Promise<QualityInspection> {
  const state = await findCurrentState(deps.objects)
  if (state === undefined) throw new DomainError('empty_lake', 'the lake is empty: closeline pipeline')
  const profile = profileOf(state)
  const report = judgeQuality(profile, thresholds, deps.clock())
  return { runId: state.runId, report, partitions: state.partitions, findings: await readFindings(deps.objects, state) }
}

/** The anomalies of a state: a run's findings count for the partitions that it was the last to write. */
async function readFindings(objects: ObjectStore, { partitions }: LakeState): Promise<Finding[]> {
  const partitionsOf = new Map<string, Set<string>>()
  for (const partition of partitions) {
    if (partition.findings === null) continue
    const ids = partitionsOf.get(partition.findings) ?? new Set()
    partitionsOf.set(partition.findings, ids.add(partitionId(partition)))
  }
  const findings: Finding[] = []
  for (const [key, ids] of partitionsOf) {
    const body = await objects.get(key)
    if (body === undefined) throw new DomainError('corrupt_object', `${key} is not there, and the lake names it`)
    for (const line of new TextDecoder().decode(body).split('\n')) {
      if (line === '') continue
      const finding = parseFinding(line, key)
      if (ids.has(partitionId(finding))) findings.push(finding)
    }
  }
  return findings.sort(byGravity)
}

function parseFinding(line: string, key: string): Finding {
  const parsed = findingSchema.safeParse(tryJson(line))
  if (parsed.success) return parsed.data
  throw new DomainError('corrupt_object', `${key} is damaged: ${parsed.error.issues[0]?.message}`)
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
