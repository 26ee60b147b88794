import { ServiceRefusal } from './wire.ts'

/** SQS queues that keep what is put into them; nothing here takes anything out. */
export interface Queues {
  add(arn: string): void
  /** @throws {ServiceRefusal} `QueueDoesNotExist` */
  send(arn: string, body: string): void
  messages(arn: string): readonly string[]
  all(): readonly { arn: string; body: string }[]
}

export function createQueues(): Queues {
  const queues = new Map<string, string[]>()
  return {
    add: (arn) => void (queues.has(arn) || queues.set(arn, [])),
    send(arn, body) {
      const queue = queues.get(arn)
      if (queue === undefined) throw new ServiceRefusal('QueueDoesNotExist', `there is no queue ${arn}`)
      queue.push(body)
    },
    messages: (arn) => queues.get(arn) ?? [],
    all: () => [...queues].flatMap(([arn, bodies]) => bodies.map((body) => ({ arn, body }))),
  }
}
