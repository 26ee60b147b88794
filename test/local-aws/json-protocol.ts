import type { Answerer } from './wire.ts'
import { jsonAnswer, ServiceRefusal } from './wire.ts'

/** Operations of a service by their names: each takes the JSON that its client sent and gives the JSON that it reads. */
export type Operations = Record<string, (input: unknown) => unknown>

/**
 * A service of the AWS JSON protocols 1.0 and 1.1: the operation stands in the header `x-amz-target` after the name of
 * the service, input and output are JSON bodies, and a refusal names its code in `__type`.
 *
 * @see Smithy, "AWS JSON 1.1 protocol"
 */
export function jsonProtocol(operations: Operations): Answerer {
  return async ({ headers, body }) => {
    const contentType = headers['content-type'] ?? 'application/x-amz-json-1.1'
    const target = String(headers['x-amz-target'])
    const operation = operations[target.split('.').at(-1) ?? '']
    try {
      if (operation === undefined) throw new ServiceRefusal('UnknownOperationException', `no double of ${target}`)
      const output = await operation(JSON.parse(body.toString() || '{}'))
      return jsonAnswer(200, output ?? {}, { 'content-type': contentType })
    } catch (thrown) {
      if (!(thrown instanceof ServiceRefusal)) throw thrown
      const { code, status, message } = thrown
      // Clients that asked by the query protocol before know the code from this header.
      const queryError = headers['x-amzn-query-mode'] === undefined ? {} : { 'x-amzn-query-error': `${code};Sender` }
      return jsonAnswer(status, { __type: code, message }, { 'content-type': contentType, ...queryError })
    }
  }
}
