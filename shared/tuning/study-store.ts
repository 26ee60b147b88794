import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { assertInSpace } from './space.ts'
import type { Study } from './study.ts'
import { studyFingerprint, studyIdSchema, studySchema } from './study.ts'
import type { Trial } from './trial.ts'
import { trialSchema } from './trial.ts'

/** Keeps studies and their trials, so that a search goes on where it was killed. */
export interface StudyStore {
  /** A study by its id. @throws {DomainError} `corrupt_object`, `unknown_study` of what cannot be an id */
  find(id: string): Promise<Study | undefined>
  /** Replaces the study of this id, its trials stay. */
  save(study: Study): Promise<void>
  /** Its trials in order of their numbers. @throws {DomainError} `corrupt_object` where one is damaged or of no such study */
  trials(study: Study): Promise<Trial[]>
  saveTrial(study: Study, trial: Trial): Promise<void>
  /** Every study that can be read, newest first; a damaged one is told where it is asked for. */
  list(): Promise<Study[]>
}

/** Studies as JSON objects, `tuning/<id>/study.json` and `tuning/<id>/trials/<number>.json`. */
export function objectStudyStore(objects: ObjectStore): StudyStore {
  async function find(id: string): Promise<Study | undefined> {
    const key = studyKey(id)
    const study = await getJson(objects, key, studySchema)
    if (study === undefined) return undefined
    if (study.id !== id) throw damaged(key, `it is of study ${study.id}`)
    await studyFingerprint(study).catch(blaming(key))
    return study
  }

  async function readTrial(study: Study, key: string): Promise<Trial[]> {
    const trial = await getJson(objects, key, trialSchema)
    // Removed since it was listed.
    if (trial === undefined) return []
    if (key !== trialKey(study.id, trial.number)) throw damaged(key, `it is of trial ${trial.number}`)
    try {
      assertInSpace(study.space, trial.params)
    } catch (thrown) {
      blaming(key)(thrown)
    }
    return [trial]
  }

  return {
    find,
    save: async (study) => objects.put(studyKey(study.id), encodeChecked(study, studySchema, `study ${study.id}`)),
    async trials(study) {
      const keys = (await objects.list(`tuning/${study.id}/trials/`)).filter((key) => /\/\d+\.json$/.test(key))
      const trials = await Promise.all(keys.map((key) => readTrial(study, key)))
      return trials.flat().sort((a, b) => a.number - b.number)
    },
    saveTrial: async (study, trial) =>
      objects.put(trialKey(study.id, trial.number), encodeChecked(trial, trialSchema, `trial ${trial.number}`)),
    async list() {
      const ids = (await objects.list('tuning/')).flatMap(
        (key) => /^tuning\/([^/]+)\/study\.json$/.exec(key)?.[1] ?? [],
      )
      const studies = await Promise.all(
        ids.filter((id) => studyIdSchema.safeParse(id).success).map((id) => find(id).catch(onlyIfReadable)),
      )
      return studies
        .filter((study) => study !== undefined)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || (a.id < b.id ? -1 : 1))
    },
  }
}

function studyKey(id: string): string {
  if (studyIdSchema.safeParse(id).success) return `tuning/${id}/study.json`
  throw new DomainError('unknown_study', `${id} is no name of a study: small letters, digits and hyphens are`)
}

function trialKey(id: string, number: number): string {
  return `tuning/${id}/trials/${number}.json`
}

function damaged(key: string, why: string): DomainError {
  return new DomainError('corrupt_object', `${key} is damaged: ${why}`)
}

/** What is wrong with a stored value is wrong with its object. */
function blaming(key: string): (thrown: unknown) => never {
  return (thrown) => {
    throw thrown instanceof DomainError ? damaged(key, thrown.message) : thrown
  }
}

function onlyIfReadable(thrown: unknown): undefined {
  if (thrown instanceof DomainError && thrown.code === 'corrupt_object') return undefined
  throw thrown
}
