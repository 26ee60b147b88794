import { randomUUID } from 'node:crypto'
import type { Answerer } from './wire.ts'
import { ServiceRefusal } from './wire.ts'

/** A message as it was published. */
export interface TopicMessage {
  topicArn: string
  subject: string | undefined
  message: string
  attributes: Readonly<Record<string, string>>
}

/** SNS: topics that keep what is published to them. */
export interface Topics {
  add(arn: string): void
  /** @throws {ServiceRefusal} `NotFound` */
  publish(message: TopicMessage): string
  published(): readonly TopicMessage[]
}

const LONGEST_SUBJECT = 100
const LARGEST_MESSAGE = 262_144

export function createTopics(): Topics {
  const topics = new Set<string>()
  const published: TopicMessage[] = []
  return {
    add: (arn) => void topics.add(arn),
    published: () => published,
    publish(message) {
      const { topicArn, subject = 'none', message: text } = message
      if (!topics.has(topicArn)) throw new ServiceRefusal('NotFound', 'Topic does not exist', 404)
      if (text === '' || Buffer.byteLength(text) > LARGEST_MESSAGE) {
        throw new ServiceRefusal('InvalidParameter', 'Invalid parameter: Message too long or empty')
      }
      // SNS takes no line breaks and nothing but ASCII in a subject, which goes into a header of an e-mail.
      if (!/^[!-~][ -~]*$/.test(subject) || subject.length > LONGEST_SUBJECT) {
        throw new ServiceRefusal('InvalidParameter', 'Invalid parameter: Subject')
      }
      published.push(message)
      return randomUUID()
    },
  }
}

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/'

/** SNS's Publish in the AWS query protocol: a form is sent, XML comes back. */
export function topicsWire(topics: Topics): Answerer {
  return ({ body }) => {
    const form = new URLSearchParams(body.toString())
    try {
      const action = form.get('Action')
      if (action !== 'Publish') throw new ServiceRefusal('InvalidAction', `no double of ${action}`)
      const id = topics.publish({
        topicArn: form.get('TopicArn') ?? '',
        subject: form.get('Subject') ?? undefined,
        message: form.get('Message') ?? '',
        attributes: attributesOf(form),
      })
      return xml(
        200,
        `<PublishResponse xmlns="${NAMESPACE}"><PublishResult><MessageId>${id}</MessageId></PublishResult>${metadata()}</PublishResponse>`,
      )
    } catch (thrown) {
      if (!(thrown instanceof ServiceRefusal)) throw thrown
      const { status, code, message } = thrown
      const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
      return xml(
        status,
        `<ErrorResponse xmlns="${NAMESPACE}">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
      )
    }
  }
}

function xml(status: number, body: string) {
  return { status, headers: { 'content-type': 'text/xml' }, body }
}

function metadata(): string {
  return `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`
}

function attributesOf(form: URLSearchParams): Record<string, string> {
  const out: Record<string, string> = {}
  for (let i = 1; form.has(`MessageAttributes.entry.${i}.Name`); i++) {
    const entry = `MessageAttributes.entry.${i}`
    out[form.get(`${entry}.Name`) ?? ''] = form.get(`${entry}.Value.StringValue`) ?? ''
  }
  return out
}
