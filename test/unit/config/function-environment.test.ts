import { describe, expect, it } from 'vitest'
import { parseFunctionEnvironment } from '../../../shared/config/function-environment.ts'

const LEAST = { ARTEFACT_BUCKET: 'artefacts', KEY_PEPPER_PARAMETER: '/closeline/key-pepper' }
const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'

describe('the environment of a function', () => {
  it('needs a bucket and the name of the pepper, and has defaults for the rest', () => {
    expect(parseFunctionEnvironment(LEAST)).toEqual({
      artefactBucket: 'artefacts',
      keyPepperParameter: '/closeline/key-pepper',
      ...{ functionVersion: null, functionName: undefined, runtimeApi: undefined, stage: 'aws' },
      refreshMs: 60_000,
      allowedOrigins: [],
      eventBus: undefined,
    })
  })

  it('names what is missing or wrong', () => {
    for (const name of ['ARTEFACT_BUCKET', 'KEY_PEPPER_PARAMETER']) {
      expect(() => parseFunctionEnvironment({ ...LEAST, [name]: undefined })).toThrow(
        expect.objectContaining({ code: 'environment_invalid', message: expect.stringMatching(`^${name}: `) }),
      )
    }
    expect(() => parseFunctionEnvironment({ ...LEAST, REFRESH_SECONDS: '0' })).toThrow(/^REFRESH_SECONDS: /)
    expect(() => parseFunctionEnvironment({ ...LEAST, EVENT_BUS: '' })).toThrow(/^EVENT_BUS: /)
  })

  it('takes a list of origins, blanks and empty places passed over', () => {
    const allowed = (text: string) => parseFunctionEnvironment({ ...LEAST, ALLOWED_ORIGINS: text }).allowedOrigins
    expect(allowed(`https://bets.example, ${EXTENSION},`)).toEqual(['https://bets.example', EXTENSION])
    expect(allowed('https://bets.example:8443')).toEqual(['https://bets.example:8443'])
    expect(allowed('')).toEqual([])
  })

  it.each([
    '*',
    'null',
    'http://bets.example',
    'https://*.example',
    'https://bets.example/',
    'https://bets.example/page',
    'https://BETS.example',
    'https://user@bets.example',
    'https://bets.example:443',
    'https://',
    'bets.example',
    'chrome-extension://*',
    'chrome-extension://abc',
    `${EXTENSION}/page.html`,
    'https://a.example https://b.example',
  ])('takes no origin %j', (origin) => {
    expect(() => parseFunctionEnvironment({ ...LEAST, ALLOWED_ORIGINS: `https://a.example,${origin}` })).toThrow(
      /^ALLOWED_ORIGINS: a list of/,
    )
  })
})
