import type { Clock } from '../kernel/ports.ts'
import type { LakeState } from '../lake/state.ts'
import { profileOf } from '../lake/state.ts'
import type { RunManifest } from '../lineage/run.ts'
import type { QualityReport } from '../quality/gate.ts'
import { judgeQuality } from '../quality/gate.ts'
import { advanceSource } from './plan-read.ts'
import type { RunSoFar } from './run-context.ts'

/** The state that the run makes, the gate's verdict on it, and the manifest of how it came about. */
export async function concludeRun(
  deps: { source: { name: string }; clock: Clock; codeVersion: string },
  run: RunSoFar,
): Promise<{ state: LakeState; quality: QualityReport; manifest: RunManifest }> {
  const { runId, command, before, collected, merged, judged } = run
  const { inserted, updated, deleted } = merged.counts
  const source = advanceSource(before?.sources[deps.source.name], command, collected, inserted + updated + deleted)
  const state: LakeState = {
    format: 'closeline-lake/1',
    sequence: (before?.sequence ?? 0) + 1,
    runId,
    publishedAt: new Date(deps.clock()).toISOString(),
    sources: { ...before?.sources, [deps.source.name]: source },
    partitions: judged.partitions,
    keys: merged.keys,
  }
  const profile = profileOf(state)
  const description = 'Put the questions of the quality gate to all bets.'
  const quality = await run.log.take({ name: 'gate', kind: 'validate', description }, async () => {
    const result = judgeQuality(profile, command.thresholds, deps.clock())
    return { rowsIn: profile.rows, rowsOut: profile.rows, result }
  })
  return { state, quality, manifest: manifestOf(deps, run, state, quality, profile.rows) }
}

function manifestOf(
  deps: { clock: Clock; codeVersion: string },
  run: RunSoFar,
  state: LakeState,
  quality: QualityReport,
  bets: number,
): RunManifest {
  const finishedAtMs = deps.clock()
  return {
    format: 'closeline-run/1',
    runId: run.runId,
    sequence: state.sequence,
    parentRunId: run.before?.runId ?? null,
    trigger: run.command.trigger,
    mode: run.command.mode,
    codeVersion: deps.codeVersion,
    startedAt: new Date(run.startedAtMs).toISOString(),
    finishedAt: new Date(finishedAtMs).toISOString(),
    durationMs: Math.max(0, finishedAtMs - run.startedAtMs),
    verdict: quality.passed ? 'passed' : 'quality_gate_failed',
    raw: run.collected.raw,
    imports: run.collected.imports,
    partitions: run.judged.written,
    keys: run.merged.keys.filter(({ key }) => !(run.before?.keys ?? []).some((old) => old.key === key)),
    steps: run.log.steps,
    bets,
  }
}
