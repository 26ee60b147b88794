import { describe, expect, it } from 'vitest'
import { callerAddress } from '../../../shared/http/caller-address.ts'

const ofSocket = (remoteAddress: unknown) => callerAddress({ incoming: { socket: { remoteAddress } } })

describe('the address of a caller', () => {
  it('is what the socket says, or API Gateway', () => {
    expect(ofSocket('192.0.2.7')).toBe('192.0.2.7')
    expect(callerAddress({ requestContext: { http: { sourceIp: '192.0.2.8' } } })).toBe('192.0.2.8')
  })

  it('is the IPv4 address where that comes as IPv6', () => {
    expect(ofSocket('::ffff:192.0.2.7')).toBe('192.0.2.7')
  })

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::', 'fe80:0:0:0'],
  ])('is of %s the network %s', (address, network) => {
    expect(ofSocket(address)).toBe(network)
  })

  it.each([[undefined], [null], ['text'], [{}], [{ incoming: { socket: { remoteAddress: 7 } } }]])(
    'is unknown where nothing tells: %j',
    (env) => {
      expect(callerAddress(env)).toBe('unknown')
    },
  )
})
