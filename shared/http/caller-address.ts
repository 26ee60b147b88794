/** Groups of an IPv6 address that name a network; a household or a server has all addresses in one. */
const NETWORK_GROUPS = 4

/**
 * Where a request comes from: the socket's other end under Node, what API Gateway says in Lambda.
 *
 * Headers such as `x-forwarded-for` are not believed, for any caller may write them.
 *
 * @param env  what the server or the Lambda adapter gives with a request
 * @returns an IPv4 address, or the /64 network of an IPv6 one; `unknown` where nothing tells
 */
export function callerAddress(env: unknown): string {
  const address = textAt(env, 'incoming', 'socket', 'remoteAddress') ?? textAt(env, ...SOURCE_OF_GATEWAY)
  if (address === undefined) return 'unknown'
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length)
  return address.includes(':') ? networkOf(address) : address
}

const SOURCE_OF_GATEWAY = ['requestContext', 'http', 'sourceIp'] as const

/** @example networkOf('2001:db8::1') // '2001:db8:0:0' */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? [] : new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail].slice(0, NETWORK_GROUPS).join(':')
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, name)
  }
  return typeof at === 'string' ? at : undefined
}
