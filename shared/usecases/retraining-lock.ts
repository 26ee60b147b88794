import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { encodeChecked, getJson } from '../kernel/json-object.ts'
import type { Clock, ObjectStore } from '../kernel/ports.ts'

const PREFIX = 'retraining/locks/'

/**
 * Age at which a lock is nobody's any more, milliseconds. A function on AWS lives for 15 minutes at the most, so whoever
 * held it is gone by then.
 */
export const LOCK_LIFE_MS = 20 * 60_000

const lockSchema = z.object({
  format: z.literal('closeline-retraining-lock/1'),
  holder: z.string().min(1),
  takenAt: z.iso.datetime(),
  isReleased: z.boolean(),
})

type Lock = z.infer<typeof lockSchema>

/** The right to train, held by one at a time. */
export interface TrainingLock {
  release(): Promise<void>
}

/**
 * Takes the right to train, or tells who holds it.
 *
 * Locks are numbered, and the highest number counts: who finds it released, or older than {@link LOCK_LIFE_MS}, creates the
 * next number, which one of several at once can do. A process that dies holding it therefore stops nobody for longer, and
 * none ever removes what another has just taken.
 *
 * @param holder  who takes it: the request's id
 */
export async function takeTrainingLock(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  holder: string,
): Promise<TrainingLock | { heldBy: string }> {
  for (;;) {
    const keys = await objects.list(PREFIX)
    const last = keys.at(-1)
    const standing = last === undefined ? undefined : await readLock(objects, last)
    if (standing !== undefined && isHeld(standing, clock())) return { heldBy: standing.holder }
    const key = keyOf(last === undefined ? 1 : numberOf(last) + 1)
    const lock: Lock = {
      format: 'closeline-retraining-lock/1',
      holder,
      takenAt: new Date(clock()).toISOString(),
      isReleased: false,
    }
    const isTaken = await objects.putNew(key, encode(lock))
    // Another may have gone on to higher numbers and removed this one in between.
    if (!isTaken || (await objects.list(PREFIX)).at(-1) !== key) continue
    await objects.remove(keys)
    return { release: () => objects.put(key, encode({ ...lock, isReleased: true })) }
  }
}

/** Who trains now; undefined where nobody does. */
export async function trainingHolder(objects: ObjectStore, nowMs: number): Promise<string | undefined> {
  const last = (await objects.list(PREFIX)).at(-1)
  const standing = last === undefined ? undefined : await readLock(objects, last)
  return standing !== undefined && isHeld(standing, nowMs) ? standing.holder : undefined
}

function isHeld({ isReleased, takenAt }: Lock, nowMs: number): boolean {
  return !isReleased && nowMs - Date.parse(takenAt) < LOCK_LIFE_MS
}

/** A damaged lock is nobody's. */
async function readLock(objects: ObjectStore, key: string): Promise<Lock | undefined> {
  try {
    return await getJson(objects, key, lockSchema)
  } catch (thrown) {
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

function encode(lock: Lock): string {
  return encodeChecked(lock, lockSchema, 'the lock of training')
}

/** Numbers of equal length sort as text. */
function keyOf(number: number): string {
  return `${PREFIX}${String(number).padStart(9, '0')}.json`
}

function numberOf(key: string): number {
  return Number(key.slice(PREFIX.length, -'.json'.length))
}
