import * as z from 'zod'
import { arnOf } from './arn.ts'
import type { Operations } from './json-protocol.ts'
import { ServiceRefusal } from './wire.ts'

const nameInput = z.object({ Name: z.string(), WithDecryption: z.boolean().default(false) })

/** SSM's parameter store with SecureStrings: without `WithDecryption` nobody gets their text. */
export function parameterOperations(parameters: ReadonlyMap<string, string>): Operations {
  return {
    GetParameter(input) {
      const { Name: name, WithDecryption: isDecrypted } = nameInput.parse(input)
      const value = parameters.get(name)
      if (value === undefined) throw new ServiceRefusal('ParameterNotFound', `there is no parameter ${name}`)
      const text = isDecrypted ? value : Buffer.from(`encrypted ${name}`).toString('base64')
      return {
        Parameter: { Name: name, Type: 'SecureString', Value: text, Version: 1, ARN: arnOf('ssm', `parameter${name}`) },
      }
    },
  }
}
