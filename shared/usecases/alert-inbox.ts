import * as z from 'zod'
import type { ReceivedInput } from '../alerts/fold.ts'
import type { AlertInput } from '../alerts/input.ts'
import { claimedTimeOf, identityOf, inputSchema } from '../alerts/input.ts'
import { ALERT_RULES } from '../alerts/rules.ts'
import { DomainError } from '../kernel/errors.ts'
import { getJson } from '../kernel/json-object.ts'
import { mapInParallel } from '../kernel/parallel.ts'
import type { ObjectStore } from '../kernel/ports.ts'
import { INBOX_PREFIX, inputName, SEEN_PREFIX } from './alert-keys.ts'
import type { AlertDeps } from './alert-ports.ts'

const DAY_MS = 86_400_000

/** What is older has nothing to tell any more. */
export const OLDEST_MS = 3 * DAY_MS

/** How long it is remembered what was taken in: longer than anything that old is still taken in. */
export const REMEMBERED_DAYS = 5

/** `taken`: it waits to be taken in; `known`: it has come before; `too_old`; `untold`: no rule is about it. */
export type Receipt = 'taken' | 'known' | 'too_old' | 'untold'

const itemSchema = z.object({ receivedMs: z.number(), input: inputSchema })

/**
 * Keeps an input until it is taken in. A delivery that is repeated is known by its content.
 *
 * @throws {UpstreamError} where it could not be kept: whoever delivers it must do so again
 */
export async function receiveInput(
  { objects, clock }: Pick<AlertDeps, 'objects' | 'clock'>,
  input: AlertInput,
): Promise<Receipt> {
  const nowMs = clock()
  if (!ALERT_RULES.some((rule) => rule.read(input) !== undefined)) return 'untold'
  if (claimedTimeOf(input) < nowMs - OLDEST_MS) return 'too_old'
  const name = inputName(input, await identityOf(input))
  if ((await objects.get(`${SEEN_PREFIX}${name}`)) !== undefined) return 'known'
  const isNew = await objects.putNew(`${INBOX_PREFIX}${name}`, JSON.stringify({ receivedMs: nowMs, input }))
  return isNew ? 'taken' : 'known'
}

/** Inputs that are taken in at once; more wait for the next time. */
const MOST_AT_ONCE = 2000

/** What waits, the oldest first, without what has been taken in before. */
export async function readInbox(
  objects: ObjectStore,
): Promise<{ inputs: ReceivedInput[]; names: string[]; isAll: boolean }> {
  const all = (await objects.list(INBOX_PREFIX)).map((key) => key.slice(INBOX_PREFIX.length))
  const names = all.slice(0, MOST_AT_ONCE)
  const seen = await seenAmong(objects, names)
  const unseen = names.filter((name) => !seen.has(name))
  const inputs = await mapInParallel(unseen, (name) => readItem(objects, name))
  return { inputs: inputs.filter((input) => input !== undefined), names, isAll: all.length <= MOST_AT_ONCE }
}

async function seenAmong(objects: ObjectStore, names: readonly string[]): Promise<Set<string>> {
  const days = new Set(names.map((name) => name.slice(0, name.indexOf('/') + 1)))
  const listed = await Promise.all([...days].map((day) => objects.list(`${SEEN_PREFIX}${day}`)))
  return new Set(listed.flat().map((key) => key.slice(SEEN_PREFIX.length)))
}

async function readItem(objects: ObjectStore, name: string): Promise<ReceivedInput | undefined> {
  try {
    const item = await getJson(objects, `${INBOX_PREFIX}${name}`, itemSchema)
    return item === undefined ? undefined : { id: name, ...item }
  } catch (thrown) {
    // Written by a version that knew more: one that cannot be read must not keep the others from being told.
    if (thrown instanceof DomainError) return undefined
    throw thrown
  }
}

/** Clears away what a state has taken in and what of it is still there. May be done again, by anybody. */
export async function finishBatch(objects: ObjectStore, batch: readonly string[]): Promise<void> {
  if (batch.length === 0) return
  const waiting = new Set((await objects.list(INBOX_PREFIX)).map((key) => key.slice(INBOX_PREFIX.length)))
  await clearInbox(
    objects,
    batch.filter((name) => waiting.has(name)),
  )
}

/** Marks inputs as taken in, and only then removes them: in between a delivery that comes again is known by either. */
async function clearInbox(objects: ObjectStore, names: readonly string[]): Promise<void> {
  await mapInParallel(names, (name) => objects.put(`${SEEN_PREFIX}${name}`, ''))
  await objects.remove(names.map((name) => `${INBOX_PREFIX}${name}`))
}
