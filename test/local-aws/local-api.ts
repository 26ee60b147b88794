import { apiSpec } from './api-spec.ts'
import { arnOf, functionArn, parseFunction } from './arn.ts'
import { httpApi, LONGEST_MS } from './http-api.ts'
import { API_ID } from './http-event.ts'
import type { LocalAccount } from './local-account.ts'
import type { WireServer } from './wire.ts'
import { startWireServer } from './wire.ts'

/**
 * The HTTP API of an account on a loopback port. Functions that do not let the API invoke them it cannot invoke.
 *
 * @throws {Error} where the account has none
 */
export function startLocalApi(account: LocalAccount): Promise<WireServer> {
  const { services, stacks, now } = account
  const spec = apiSpec(stacks.resources)
  if (spec.routes.length === 0) throw new Error('no stack has routes')
  const isAllowed = (target: string, below: string) => {
    const { name, qualifier } = parseFunction(target)
    const source = arnOf('execute-api', `${API_ID}/${below}`)
    return services.permissions.allows('apigateway.amazonaws.com', functionArn(name, qualifier), source)
  }
  return startWireServer(
    httpApi(spec, {
      clock: now,
      timeoutMs: LONGEST_MS * account.patience,
      async invoke(target, payload, source) {
        if (isAllowed(target, source)) return services.invocations.invoke(target, payload)
        throw new Error(`API Gateway may not invoke ${target}`)
      },
    }),
  )
}
