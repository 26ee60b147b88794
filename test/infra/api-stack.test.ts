import { describe, expect, it } from 'vitest'
import { describeProduct, inertApps } from '../../bin/describe-product.ts'
import { API_ROUTES } from '../../lib/api-routes.ts'
import { synthesize, textOf } from '../support/synthesized-stacks.ts'

const dev = synthesize()
const prod = synthesize({ stage: 'prod' })
const template = dev.template('Api')

interface Operation {
  security?: object[]
}

/** What `docs/openapi.json` is written from. */
const contract: { paths: Record<string, Record<string, Operation>> } = JSON.parse(JSON.stringify(describeProduct()))

/** Served by whoever serves an app, beside what the app describes. */
const DOCS = ['/docs', '/openapi.json']

/** What the app has beside the contract, to say of it what is wrong. */
const UNDESCRIBED = ['/api/v1/predict-market/{names+}']

const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties)
const routeOf = (key: string) => routes.find(({ RouteKey }) => RouteKey === key)
const isOpen = (route: { AuthorizationType?: string } | undefined) => route?.AuthorizationType === 'NONE'

/** Name of the function, with its alias, that a route asks. */
function functionOf(route: { Target: unknown } | undefined): string | undefined {
  const integrations = template.findResources('AWS::ApiGatewayV2::Integration')
  const id = Object.keys(integrations).find((key) => textOf(route?.Target).includes(`"${key}"`))
  return /:function:([a-z:-]+)/.exec(textOf(integrations[id ?? '']))?.[1]
}

describe('the API on AWS', () => {
  it('has the paths of the contract, and no other', () => {
    expect(API_ROUTES.map(({ path }) => path).sort()).toEqual(
      [...Object.keys(contract.paths), ...DOCS, ...UNDESCRIBED].sort(),
    )
    expect(routes).toHaveLength(2 * API_ROUTES.filter((route) => !route.isOpen).length + 6 + 1)
  })

  it('asks for a key where the contract does', () => {
    for (const [path, operations] of Object.entries(contract.paths)) {
      const wantsKey = Object.values(operations).some(({ security = [] }) => security.length > 0)
      expect(isOpen(routeOf(`ANY ${path}`)), path).toBe(!wantsKey)
    }
    expect(routes.filter(isOpen).length).toBeLessThan(routes.length)
  })

  it('sends each path to the live alias of the function whose app has it', () => {
    const [scoring, prediction] = inertApps()
    for (const [app, name] of [
      [scoring, 'scoring'],
      [prediction, 'prediction'],
    ] as const) {
      const paths = [...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path))]
      expect(paths.length).toBeGreaterThan(5)
      for (const path of paths) {
        const key = `ANY ${path.replace(/\*$/, '{names+}').replace(/:([a-z]+)/g, '{$1}')}`
        expect(functionOf(routeOf(key)), key).toBe(`closeline-dev-${name}:live`)
      }
    }
  })

  it('lets a preflight through to the function, which alone knows the origins', () => {
    for (const { path } of API_ROUTES.filter((route) => !route.isOpen)) {
      expect(isOpen(routeOf(`OPTIONS ${path}`)), path).toBe(true)
      expect(functionOf(routeOf(`OPTIONS ${path}`))).toBe(functionOf(routeOf(`ANY ${path}`)))
    }
    expect(Object.values(template.findResources('AWS::ApiGatewayV2::Api'))[0]?.Properties).not.toHaveProperty(
      'CorsConfiguration',
    )
  })

  it('lets nobody without a key try other paths', () => {
    expect(routeOf('$default')).toMatchObject({ AuthorizationType: 'CUSTOM' })
  })

  it('asks the authorizer of every request, which finds the key in either header', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      ...{ AuthorizerType: 'REQUEST', AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true },
      ...{ AuthorizerResultTtlInSeconds: 0, IdentitySource: [] },
    })
  })

  it('may call the aliases, which a permission on the function would not let it', () => {
    const permitted = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) =>
      textOf(Properties),
    )
    expect(permitted.filter((text) => text.includes('-prediction:live'))).toHaveLength(2)
    expect(permitted.filter((text) => text.includes('-scoring:live'))).toHaveLength(1)
    expect(permitted.filter((text) => text.includes('/*/$default'))).toHaveLength(1)
    expect(permitted.filter((text) => text.includes('-authorizer"') && text.includes('/authorizers/'))).toHaveLength(1)
  })

  it('takes no more requests than the stage allows', () => {
    const throttled = (stage: typeof dev) =>
      Object.values(stage.template('Api').findResources('AWS::ApiGatewayV2::Stage')).map(
        ({ Properties }) => Properties.DefaultRouteSettings,
      )
    expect(throttled(dev)).toEqual([{ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 }])
    expect(throttled(prod)).toEqual([{ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }])
  })

  it('logs every request as JSON, with the name of the key and never the key', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))
    const format = JSON.parse(stage?.Properties.AccessLogSettings.Format)
    expect(format).toMatchObject({
      requestId: '$context.requestId',
      status: '$context.status',
      responseLatencyMs: '$context.responseLatency',
      keyId: '$context.authorizer.keyId',
    })
    expect(textOf(format)).not.toMatch(/header|querystring|\$context\.path/i)
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 })
  })

  it('needs no other stack to be read: it knows functions by name', () => {
    expect(textOf(template.toJSON())).not.toMatch(/Fn::(GetStackOutput|ImportValue)/)
  })
})
