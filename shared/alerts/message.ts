import * as z from 'zod'
import { CHANNELS } from './channel.ts'
import { ALERT_SEVERITIES } from './severity.ts'
import { webhookSchema } from './webhook-payload.ts'

/** What there is to say of one matter, in text that is safe to show anywhere. */
export const contentSchema = z.object({
  /** One line. */
  title: z.string().min(1),
  lines: z.array(z.string()),
  /** Where to read what to do; null where there is nothing to do. */
  link: z.string().nullable(),
  /** What a webhook gets in place of text; null where its receivers know no such type. */
  webhook: webhookSchema.nullable(),
})

export type AlertContent = z.infer<typeof contentSchema>

/**
 * `raised`: something is the matter; `worse`: graver than was told; `reminder`: still; `resolved`: no longer;
 * `occurred`: it happened, and there is nothing to resolve; `digest`: many at once.
 */
export const MESSAGE_KINDS = ['raised', 'worse', 'reminder', 'resolved', 'occurred', 'digest'] as const

export const messageSchema = z.object({
  /** Told from every other message by it. */
  id: z.string().min(1),
  rule: z.string().min(1),
  /** What is the same matter. */
  key: z.string().min(1),
  kind: z.enum(MESSAGE_KINDS),
  severity: z.enum(ALERT_SEVERITIES),
  /** When what it tells of happened. */
  atMs: z.number(),
  content: contentSchema,
  /** Where it is to go. */
  channels: z.array(z.enum(CHANNELS)),
  /** A trial that tells of nothing. */
  isTest: z.boolean(),
})

export type AlertMessage = z.infer<typeof messageSchema>
export type MessageKind = AlertMessage['kind']

const PREFIXES: Readonly<Record<MessageKind, string>> = {
  raised: '',
  worse: 'Worse: ',
  reminder: 'Still: ',
  resolved: 'Resolved: ',
  occurred: '',
  digest: '',
}

/** The heading of a message. @example headingOf(resolved) // 'Resolved: Data are 50 h old' */
export function headingOf({ kind, content, isTest }: Pick<AlertMessage, 'kind' | 'content' | 'isTest'>): string {
  return `${isTest ? 'TEST: ' : ''}${PREFIXES[kind]}${content.title}`
}
