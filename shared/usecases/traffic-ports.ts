import type { ShiftedFunction, Stage } from '../config/stage.ts'
import type { Traffic, TrafficFile } from '../config/traffic.ts'
import type { Answering } from '../traffic/moves.ts'
import type { SmokeAnswer } from '../traffic/smoke.ts'
import type { PublishedVersion } from '../traffic/versions.ts'

/** The live alias of a function as it is. */
export interface LiveAlias extends Answering {
  /** Changes with every change of the alias. */
  revisionId: string
}

/** Who answers, by the alias that callers reach a function by. */
export interface LiveAliases {
  /** Undefined where there is no such function or no alias yet. */
  get(functionName: string): Promise<LiveAlias | undefined>
  /**
   * Moves the alias, provided that it still has this revision.
   *
   * @throws {DomainError} `traffic_moved` where somebody else moved it in between
   */
  shift(functionName: string, to: Answering, revisionId: string): Promise<LiveAlias>
}

/** Settings of a function that has not been published yet: what the next version will have. */
export interface FunctionSettings {
  /** Bucket with the models. */
  artefactBucket: string | undefined
  logGroup: string
}

/** A function with its versions. */
export interface FunctionVersions {
  settings: FunctionSettings
  published: PublishedVersion[]
}

/** The published versions of functions. */
export interface VersionShelf {
  /** Undefined where there is no such function. */
  list(functionName: string): Promise<FunctionVersions | undefined>
  /** Every version that any alias of the function names. */
  aliased(functionName: string): Promise<string[]>
  /** Removes a version for good; one that is gone already is no error. */
  remove(functionName: string, version: string): Promise<void>
}

/** Asks one version of a function, past the alias and the gateway. */
export interface VersionInvoker {
  invoke(functionName: string, version: string, event: unknown): Promise<SmokeAnswer>
}

/** Stacks that an operator's commands deploy. */
export type StackName = 'Functions' | 'Canary' | 'Traffic'

/** Context of a deployment, as `cdk deploy -c name=value` takes it. */
export type DeployContext = Readonly<Record<string, string>>

export interface DeployOptions {
  /**
   * Alarms, by ARN, that undo the deployment while it runs and for so many minutes after; an empty list clears those of
   * an earlier deployment, which CloudFormation would keep watching.
   */
  rollbackTriggers?: { alarmArns: readonly string[]; monitorMinutes: number }
  /** Whether a person is there to be asked about permissions that become wider. */
  isAttended?: boolean
}

/** Puts stacks in place. */
export interface Deployer {
  /** Deploys one stack and no other; returns its outputs. @throws {UpstreamError} where it fails or is undone */
  deploy(stack: StackName, context: DeployContext, options?: DeployOptions): Promise<Readonly<Record<string, string>>>
  /** What a deployment would change, in text for people. */
  diff(stack: StackName, context: DeployContext): Promise<string>
}

/** The file of the repository that says who is to answer. */
export interface TrafficStore {
  /** An empty one where there is none. @throws {DomainError} `traffic_invalid` */
  read(): Promise<TrafficFile>
  /** Replaces the entry of one function as a whole; every other stays as it is then. */
  write(stage: Stage, name: ShiftedFunction, traffic: Traffic): Promise<void>
}

/** The model that new versions of a stage's prediction function are pinned to. */
export interface PinnedModel {
  version: string
  /** Of its ONNX file. */
  sha256: string
}

/** The file of the repository that says so. */
export interface PinnedModels {
  /** Undefined where the stage follows the registry's champion. @throws {DomainError} `pinned_invalid` */
  get(stage: Stage): Promise<PinnedModel | undefined>
  set(stage: Stage, model: PinnedModel): Promise<void>
}

export interface AlarmState {
  name: string
  arn: string
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
}

export interface Alarms {
  /** Those of the names that exist. */
  find(names: readonly string[]): Promise<AlarmState[]>
}

export interface LogLine {
  id: string
  atMs: number
  /** The function's version that wrote it; null where its stream does not tell. */
  version: string | null
  text: string
}

export interface FunctionLogs {
  /** Lines of a log group from an instant on, in order of their time. */
  read(logGroup: string, fromMs: number): Promise<LogLine[]>
}
