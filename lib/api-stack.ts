import type { App } from 'aws-cdk-lib'
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { FunctionName, ShiftedFunction } from '../shared/config/stage.ts'
import { functionName, LIVE_ALIAS } from '../shared/config/stage.ts'
import { API_ROUTES } from './api-routes.ts'
import { acknowledge } from './data/acknowledge.ts'
import { LOG_RETENTION } from './log-retention.ts'
import { ownArn } from './own-arn.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'

/** What is noted of a request: who asked and how it went, and neither the key nor what was asked about. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  keyId: '$context.authorizer.keyId',
}

/**
 * Both functions behind one URL, on their aliases.
 *
 * Each path is its function's for every method, which says what the path can do and what it cannot. `OPTIONS` is asked
 * before a page may send its key, so it is open, and answered by the function: what API Gateway says of origins would
 * replace what the functions say, and it does not know extensions.
 *
 * A key may come in either of two headers, and API Gateway can neither look into one of two nor remember a decision without
 * a header to remember it by. So the authorizer is asked about every request; it decides from memory.
 */
export class ApiStack extends Stack {
  readonly api: HttpApi
  readonly #aliases: Readonly<Record<ShiftedFunction, IFunction>>

  constructor(scope: App, id: string, { stage }: { stage: StageConfig }) {
    super(scope, id, stackProps(stage, id, 'The API'))
    this.api = new HttpApi(this, 'Api', { apiName: `closeline-${stage.name}`, createDefaultStage: false })
    this.#aliases = {
      prediction: this.#function(stage, 'prediction', LIVE_ALIAS),
      scoring: this.#function(stage, 'scoring', LIVE_ALIAS),
    }
    const open = new HttpNoneAuthorizer()
    const keyed = new HttpLambdaAuthorizer('Keys', this.#function(stage, 'authorizer'), {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    })
    const integrations = {
      prediction: this.#integration('prediction'),
      scoring: this.#integration('scoring'),
    }
    for (const { path, function: name, isOpen } of API_ROUTES) {
      this.#route(HttpRouteKey.with(path, HttpMethod.ANY), integrations[name], isOpen ? open : keyed)
      if (!isOpen) this.#route(HttpRouteKey.with(path, HttpMethod.OPTIONS), integrations[name], open)
    }
    // What no function has is answered as a problem too, but not to everybody who tries paths.
    this.#route(HttpRouteKey.DEFAULT, integrations.prediction, keyed)
    this.#permitRest()
    this.#stage(stage)
    new CfnOutput(this, 'Url', { value: this.api.apiEndpoint })
  }

  /** What is permitted for all routes is permitted for all that have a method and a path. */
  #permitRest(): void {
    this.#aliases.prediction.addPermission('Rest', {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: ownArn(this, 'execute-api', this.api.apiId, '*/$default'),
    })
  }

  #integration(name: ShiftedFunction): HttpLambdaIntegration {
    // One permission for all routes: a function's policy has no room for one of each.
    return new HttpLambdaIntegration(`${name}Live`, this.#aliases[name], { scopePermissionToRoute: false })
  }

  #function(stage: StageConfig, name: FunctionName, alias?: string) {
    const target = [functionName(stage.name, name), ...(alias === undefined ? [] : [alias])].join(':')
    const functionArn = ownArn(this, 'lambda', 'function', target, ':')
    return LambdaFunction.fromFunctionAttributes(this, `${name}Function`, { functionArn, sameEnvironment: true })
  }

  #route(key: HttpRouteKey, integration: HttpLambdaIntegration, authorizer: IHttpRouteAuthorizer): void {
    const id = `Route-${key.key.replace(' ', '')}`
    const route = new HttpRoute(this, id, { httpApi: this.api, routeKey: key, integration, authorizer })
    if (!(authorizer instanceof HttpNoneAuthorizer)) return
    const isPreflight = key.method === HttpMethod.OPTIONS
    const reason = isPreflight ? 'A preflight comes before the key.' : 'The contract has it open to all.'
    acknowledge(route, { 'AwsSolutions-APIG4': reason })
  }

  #stage({ name, logRetentionDays, retainData, throttle }: StageConfig): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      // Below this prefix no two APIs have to share the room of one policy.
      logGroupName: `/aws/vendedlogs/closeline-${name}-api`,
      retention: LOG_RETENTION[logRetentionDays],
      removalPolicy: retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    })
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    })
  }
}
