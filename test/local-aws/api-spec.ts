import * as z from 'zod'
import type { HttpApiSpec } from './http-api.ts'
import type { DeployedResource } from './physical-name.ts'
import { refOfResource } from './physical-name.ts'

const routeSchema = z.looseObject({
  RouteKey: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  /** `integrations/ID`. */
  Target: z.string(),
})

const integrationSchema = z.looseObject({
  IntegrationUri: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  PayloadFormatVersion: z.literal('2.0'),
})

const authorizerSchema = z.looseObject({
  AuthorizerUri: z.string(),
  AuthorizerType: z.literal('REQUEST'),
  AuthorizerPayloadFormatVersion: z.literal('2.0'),
  EnableSimpleResponses: z.literal(true),
  AuthorizerResultTtlInSeconds: z.coerce.number(),
  IdentitySource: z.array(z.string()).default([]),
})

/** The HTTP API that stacks have put in place. @param resources  those of a type */
export function apiSpec(resources: (type: string) => readonly DeployedResource[]): HttpApiSpec {
  const integrations = new Map(
    resources('AWS::ApiGatewayV2::Integration').map((resource) => [
      refOfResource(resource),
      integrationSchema.parse(resource.properties).IntegrationUri,
    ]),
  )
  const authorizers = resources('AWS::ApiGatewayV2::Authorizer').map((resource) => {
    const spec = authorizerSchema.parse(resource.properties)
    return {
      id: refOfResource(resource),
      target: spec.AuthorizerUri,
      identitySources: spec.IdentitySource,
      ttlSeconds: spec.AuthorizerResultTtlInSeconds,
    }
  })
  const routes = resources('AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const { RouteKey: key, AuthorizationType, AuthorizerId, Target } = routeSchema.parse(properties)
    const target = integrations.get(Target.split('/')[1] ?? '')
    if (target === undefined) throw new Error(`${key}: there is no integration ${Target}`)
    return { key, target, authorizer: AuthorizationType === 'NONE' ? undefined : AuthorizerId }
  })
  return { routes, authorizers }
}
