import { UpstreamError } from '../../shared/kernel/errors.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { FileTransfer } from '../../shared/lake/transfer.ts'
import type { PipelineDeps } from '../../shared/usecases/run-context.ts'

/** When a process dies: at its n-th durable operation, from 1, before that takes effect or after. */
export interface Death {
  at: number
  moment: 'before' | 'after'
}

/** A process that dies: from then on nothing that it asks of the world has an effect or an answer. */
export interface Mortal {
  /** Durable operations so far, by name, in order. */
  operations: string[]
  /** Counts a durable operation, and dies at the fatal one. */
  act<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Asks something that changes nothing. */
  ask<T>(work: () => Promise<T>): Promise<T>
}

/** A process that lives as long as it needs where no death is given. */
export function mortal(death: Death = { at: Number.POSITIVE_INFINITY, moment: 'before' }): Mortal {
  const operations: string[] = []
  let isDead = false
  const died = () => new UpstreamError('process', 'it died', { retryable: false })
  return {
    operations,
    async act(name, work) {
      if (isDead) throw died()
      operations.push(name)
      if (operations.length !== death.at) return work()
      isDead = true
      if (death.moment === 'after') await work()
      throw died()
    },
    async ask(work) {
      if (isDead) throw died()
      return work()
    },
  }
}

export function mortalObjects(objects: ObjectStore, process: Mortal): ObjectStore {
  return {
    get: (key) => process.ask(() => objects.get(key)),
    list: (prefix) => process.ask(() => objects.list(prefix)),
    put: (key, body) => process.act(`put ${key}`, () => objects.put(key, body)),
    putNew: (key, body) => process.act(`putNew ${key}`, () => objects.putNew(key, body)),
    remove: (keys) => process.act(`remove ${keys.join(' ')}`, () => objects.remove(keys)),
  }
}

export function mortalTransfer(transfer: FileTransfer, process: Mortal): FileTransfer {
  return {
    upload: (path, key) => process.act(`upload ${key}`, () => transfer.upload(path, key)),
    localCopy: (key, scratch) => process.ask(() => transfer.localCopy(key, scratch)),
  }
}

/** The other ports through which a run leaves something behind. */
export function mortalPorts(
  { quarantine, events, runs }: Pick<PipelineDeps, 'quarantine' | 'events' | 'runs'>,
  process: Mortal,
): Pick<PipelineDeps, 'quarantine' | 'events' | 'runs'> {
  return {
    quarantine: {
      ...quarantine,
      add: (origin, rows) => process.act('quarantine', () => quarantine.add(origin, rows)),
      resolve: (resolutions) => process.act('resolve', () => quarantine.resolve(resolutions)),
    },
    events: { publish: (published) => process.act('publish', () => events.publish(published)) },
    runs: { ...runs, record: (manifest) => process.act('record', () => runs.record(manifest)) },
  }
}
