import type { Alarms } from './alarms.ts'
import type { EventBuses } from './event-bus.ts'
import type { LambdaInvocations } from './lambda-invocations.ts'
import type { LambdaRegistry } from './lambda-registry.ts'
import type { LogFilters } from './log-filters.ts'
import type { Queues } from './queues.ts'
import type { PolicyStatement } from './role-policy.ts'
import type { Schedules } from './schedules.ts'
import type { Topics } from './topics.ts'

/** The services that stacks put resources into. */
export interface AwsServices {
  functions: LambdaRegistry
  invocations: LambdaInvocations
  permissions: InvokePermissions
  buses: EventBuses
  schedules: Schedules
  queues: Queues
  topics: Topics
  alarms: Alarms
  policies: RolePolicies
  logFilters: LogFilters
  createBucket(name: string): Promise<void>
}

/** Who may invoke a function, as its resource policy says. */
export interface InvokePermission {
  FunctionName: string
  Principal: string
  SourceArn?: string | undefined
}

export interface InvokePermissions {
  add(permission: InvokePermission): void
  /** Whether a service may invoke a function, by ARN with its qualifier, for a source. */
  allows(principal: string, functionArn: string, sourceArn: string): boolean
}

export function invokePermissions(): InvokePermissions {
  const permissions: InvokePermission[] = []
  return {
    add: (permission) => void permissions.push(permission),
    allows: (principal, functionArn, sourceArn) =>
      permissions.some(
        ({ FunctionName, Principal, SourceArn }) =>
          Principal === principal &&
          (FunctionName === functionArn || functionArn.endsWith(`:function:${FunctionName}`)) &&
          (SourceArn === undefined || pattern(SourceArn).test(sourceArn)),
      ),
  }
}

function pattern(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
}

/** The statements of roles, by the names of the roles and of their policies. */
export interface RolePolicies {
  put(role: string, policy: string, statements: readonly PolicyStatement[]): void
  of(role: string): PolicyStatement[]
}

export function rolePolicies(): RolePolicies {
  const roles = new Map<string, Map<string, readonly PolicyStatement[]>>()
  return {
    put(role, policy, statements) {
      const held = roles.get(role) ?? new Map<string, readonly PolicyStatement[]>()
      roles.set(role, held.set(policy, statements))
    },
    of: (role) => [...(roles.get(role)?.values() ?? [])].flat(),
  }
}
