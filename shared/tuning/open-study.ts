import { DomainError } from '../kernel/errors.ts'
import type { Clock } from '../kernel/ports.ts'
import type { Budget, Study, StudySettings } from './study.ts'
import { assertBudget, studyFingerprint } from './study.ts'
import type { StudyStore } from './study-store.ts'

/** Which study is meant: one by its id, the latest of the settings, or (`fresh`) a new one beside those. */
export type StudyChoice = { id: string } | { fresh: boolean }

/**
 * The study that a run belongs to: the one named, the latest of these very settings, or a new one.
 *
 * The id is derived from the settings, `<objective>-<12 hex digits>`, a further one has `-2`, `-3` and so on: another
 * ledger, space or seed never goes on with a foreign study.
 *
 * @throws {DomainError} `unknown_study`, `foreign_study` where the one named has other settings, `budget_invalid`,
 *   `corrupt_object`, and those of {@link studyFingerprint}
 */
export async function openStudy(
  deps: { store: StudyStore; clock: Clock },
  settings: StudySettings,
  budget: Budget,
  choice: StudyChoice = { fresh: false },
): Promise<Study> {
  assertBudget(budget)
  const fingerprint = await studyFingerprint(settings)
  if ('id' in choice) return resume(deps, await findNamed(deps.store, choice.id, fingerprint), budget)
  const { latest, next } = await findLatest(deps.store, baseId(settings, fingerprint), fingerprint)
  if (latest !== undefined && !choice.fresh) return resume(deps, latest, budget)
  const createdAt = new Date(deps.clock()).toISOString()
  const study: Study = { format: 'tuning-study/1', id: next, createdAt, budget, ...pickSettings(settings) }
  await deps.store.save(study)
  return study
}

/** The study with the budget of this run. */
async function resume({ store }: { store: StudyStore }, study: Study, budget: Budget): Promise<Study> {
  const resumed = { ...study, budget }
  await store.save(resumed)
  return resumed
}

async function findNamed(store: StudyStore, id: string, fingerprint: string): Promise<Study> {
  const study = await store.find(id)
  if (study === undefined) throw new DomainError('unknown_study', `there is no study ${id}: closeline tune --status`)
  if ((await studyFingerprint(study)) === fingerprint) return study
  throw new DomainError(
    'foreign_study',
    `study ${id} searches other data or by other settings: its trials say nothing about these`,
  )
}

/** The last of the studies `base`, `base-2`, `base-3` …, and the id of the one after it. */
async function findLatest(
  store: StudyStore,
  base: string,
  fingerprint: string,
): Promise<{ latest: Study | undefined; next: string }> {
  let latest: Study | undefined
  for (let run = 1; ; run++) {
    const id = run === 1 ? base : `${base}-${run}`
    const study = await store.find(id)
    if (study === undefined) return { latest, next: id }
    // Twelve digits may meet by chance, or by hand.
    if ((await studyFingerprint(study)) === fingerprint) latest = study
  }
}

function baseId({ objective }: StudySettings, fingerprint: string): string {
  const words = objective
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 30)
  return `${words === '' ? 'study' : words}-${fingerprint.slice(0, 12)}`
}

/** Nothing but the settings, whatever else the object carries. */
function pickSettings({ objective, subject, space, firstTrials, pruner, seed }: StudySettings): StudySettings {
  return { objective, subject, space, firstTrials, pruner, seed }
}
