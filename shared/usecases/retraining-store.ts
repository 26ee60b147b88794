import type * as z from 'zod'
import { sha256Hex } from '../kernel/digest.ts'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import type { FinishedStep, RequestedStep, RetrainingRecord, StartedStep } from '../registry/retraining-record.ts'
import { finishedStepSchema, joinSteps, requestedStepSchema, startedStepSchema } from '../registry/retraining-record.ts'

/** Folder of the records: one folder a request, one object a step, each written once. */
export const RETRAINING_PREFIX = 'retraining/requests/'

/** The steps of one request in the object store. */
export interface RetrainingSteps {
  /** Records that training was asked for; false where that stands already. */
  request(step: RequestedStep): Promise<boolean>
  /** Records that an attempt began. */
  start(step: StartedStep): Promise<void>
  /** Records what it came to; false where another outcome stands already. */
  finish(step: FinishedStep): Promise<boolean>
  /** Undefined where nobody asked. @throws {DomainError} `corrupt_object` */
  read(): Promise<RetrainingRecord | undefined>
  /** Does something once for the request, as far as anybody can tell: again only where it was cut off. */
  once(what: 'request-announced' | 'outcome-announced', work: () => Promise<void>): Promise<void>
}

export async function stepsOf(objects: ObjectStore, requestId: string): Promise<RetrainingSteps> {
  return stepsIn(objects, `${RETRAINING_PREFIX}${await folderName(requestId)}/`)
}

/** Every request that can be read, the latest first, and the folders of those that cannot. */
export async function readRetrainings(
  objects: ObjectStore,
): Promise<{ records: RetrainingRecord[]; unreadable: string[] }> {
  const keys = await objects.list(RETRAINING_PREFIX)
  const folders = new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1)))
  const unreadable: string[] = []
  const read = async (folder: string) => {
    try {
      return await stepsIn(objects, folder).read()
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) throw thrown
      unreadable.push(folder)
      return undefined
    }
  }
  const found = await Promise.all(Array.from(folders, read))
  const records = found.filter((record) => record !== undefined)
  records.sort((a, b) => b.requestedAt.localeCompare(a.requestedAt) || a.requestId.localeCompare(b.requestId))
  return { records, unreadable: unreadable.sort() }
}

function stepsIn(objects: ObjectStore, folder: string): RetrainingSteps {
  const requestedKey = `${folder}requested.json`
  const finishedKey = `${folder}finished.json`
  return {
    request: (step) => objects.putNew(requestedKey, encodeChecked(step, requestedStepSchema, requestedKey)),
    async start(step) {
      const key = `${folder}started-${String(step.attempt).padStart(3, '0')}.json`
      await objects.put(key, encodeChecked(step, startedStepSchema, key))
    },
    finish: (step) => objects.putNew(finishedKey, encodeChecked(step, finishedStepSchema, finishedKey)),
    async read() {
      const requested = await getJson(objects, requestedKey, requestedStepSchema)
      if (requested === undefined) return undefined
      const begun = await objects.list(`${folder}started-`)
      const started = await Promise.all(begun.map((key) => mustGet(objects, key, startedStepSchema)))
      return joinSteps(requested, started, await getJson(objects, finishedKey, finishedStepSchema))
    },
    async once(what, work) {
      const key = `${folder}${what}`
      if ((await objects.get(key)) !== undefined) return
      await work()
      await objects.put(key, '')
    },
  }
}

async function mustGet<T>(objects: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T> {
  const value = await getJson(objects, key, schema)
  if (value === undefined) throw new DomainError('corrupt_object', `${key} is listed and not there`)
  return value
}

/** Ids of others may hold anything: those that are no plain name are kept under their hash. */
async function folderName(requestId: string): Promise<string> {
  return /^[\w-]{1,100}$/.test(requestId) ? requestId : sha256Hex(requestId)
}
