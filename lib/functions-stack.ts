import type { App } from 'aws-cdk-lib'
import { CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib'
import type { PinnedFile } from '../shared/config/pinned-models.ts'
import type { FunctionName, Stage } from '../shared/config/stage.ts'
import { secretName } from '../shared/config/stage.ts'
import type { DataStack } from './data-stack.ts'
import { HouseFunction } from './house-function.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'

/** What functions work with. */
type Resources = Pick<DataStack, 'artefacts' | 'bus' | 'alertTopic' | 'failures'>

export interface FunctionsStackProps {
  stage: StageConfig
  resources: Resources
  /** A stage that has none here follows the registry's champion. */
  pinned: PinnedFile
}

const KEY_SET = 'access/keys.json'
/** Where the snapshots in `online/` point to: the latest state of the features, and what was bet on. */
const FEATURES = 'lake/runs/*'

/** Megabytes that come with one virtual processor, and the most that a new account gives. */
const ONE_PROCESSOR = 1769
const LARGEST = 3008
const FIFTEEN_MINUTES = 900

/** The functions, each with no more rights than its code uses, and new versions of those that traffic is shifted between. */
export class FunctionsStack extends Stack {
  readonly #stage: StageConfig
  readonly #resources: Resources

  constructor(scope: App, id: string, { stage, resources, pinned }: FunctionsStackProps) {
    super(scope, id, stackProps(stage, id, 'Functions, and new versions of those that answer requests'))
    this.#stage = stage
    this.#resources = resources
    const database = this.#databaseEnvironment()
    this.#publish('Prediction', this.#prediction(pinned[stage.name]))
    this.#publish('Scoring', this.#scoring(database))
    this.#authorizer()
    this.#pipeline(database)
    this.#training(database)
    this.#drift(database)
    this.#alert()
    this.#guard()
  }

  #prediction(model: PinnedFile[Stage]): HouseFunction {
    const { artefacts, bus } = this.#resources
    const pinned = model === undefined ? {} : { MODEL_VERSION: model.version, MODEL_SHA256: model.sha256 }
    return this.#make('prediction', {
      description: 'Win probabilities and market outlooks',
      memoryMegabytes: ONE_PROCESSOR,
      timeoutSeconds: 15,
      environment: { ...this.#servingEnvironment(), EVENT_BUS: bus.eventBusName, ...pinned },
    })
      .readObjects(artefacts, KEY_SET, FEATURES, 'models/*', 'online/*', 'drift/reports/*')
      .writeObjects(artefacts, 'predictions/*')
      .listObjects(artefacts, 'models/*', 'drift/reports/*')
      .readSecret('key-pepper')
      .publishEvents(bus)
      .readMetrics()
  }

  #scoring(database: Record<string, string>): HouseFunction {
    const { artefacts, bus } = this.#resources
    return this.#make('scoring', {
      description: 'Scores of bets against the record, and the ledger behind it',
      memoryMegabytes: 1024,
      timeoutSeconds: 25,
      environment: { ...this.#servingEnvironment(), EVENT_BUS: bus.eventBusName, ...database },
    })
      .readObjects(artefacts, KEY_SET, FEATURES, 'online/*')
      .listObjects(artefacts, 'online/*')
      .readSecret('key-pepper')
      .readSecret('supabase-key')
      .publishEvents(bus)
  }

  #authorizer(): void {
    const { artefacts } = this.#resources
    const { ALLOWED_ORIGINS: _, ...environment } = this.#servingEnvironment()
    this.#make('authorizer', {
      description: 'Whether an API key holds',
      memoryMegabytes: 512,
      timeoutSeconds: 5,
      environment,
    })
      .readObjects(artefacts, KEY_SET)
      .listObjects(artefacts, KEY_SET)
      .readSecret('key-pepper')
  }

  #pipeline(database: Record<string, string>): void {
    const { artefacts, bus } = this.#resources
    this.#work('pipeline', 'Bets from the ledger into the lake, and features of them', database)
      .readObjects(artefacts, 'lake/*', 'online/*', 'predictions/*')
      .writeObjects(artefacts, 'lake/*', 'online/*')
      .removeObjects(artefacts, 'lake/*')
      .listObjects(artefacts, 'lake/*', 'predictions/*')
      .readSecret('supabase-key')
      .publishEvents(bus)
  }

  /** Where features are older than bets it makes them first, as the pipeline does. */
  #training(database: Record<string, string>): void {
    const { artefacts, bus } = this.#resources
    this.#work('training', 'New models of the lake, and whether one of them serves', database)
      .readObjects(artefacts, 'lake/*', 'online/*', 'predictions/*', 'models/*', 'retraining/*')
      .writeObjects(artefacts, 'lake/*', 'online/*', 'models/*', 'retraining/*')
      .removeObjects(artefacts, 'lake/*', 'retraining/*')
      .listObjects(artefacts, 'lake/*', 'predictions/*', 'models/*', 'retraining/*')
      .readSecret('supabase-key')
      .publishEvents(bus)
  }

  #drift(database: Record<string, string>): void {
    const { artefacts, bus } = this.#resources
    this.#work('drift', 'Whether bets or the served model have changed since it was trained', database)
      .readObjects(artefacts, 'lake/*', 'online/*', 'models/*', 'predictions/*', 'drift/*', 'retraining/*')
      .writeObjects(artefacts, 'drift/*', 'lake/drift/*', 'retraining/*')
      .listObjects(artefacts, 'lake/*', 'models/*', 'predictions/*', 'drift/*', 'retraining/*')
      .readSecret('supabase-key')
      .publishEvents(bus)
  }

  #alert(): void {
    const { artefacts, alertTopic, failures } = this.#resources
    this.#make('alert', {
      description: 'Tells people what happened, once, and not at night',
      memoryMegabytes: 512,
      timeoutSeconds: 120,
      failures,
      environment: {
        ARTEFACT_BUCKET: artefacts.bucketName,
        ALERT_TOPIC_ARN: alertTopic.topicArn,
        TELEGRAM_PARAMETER: secretName(this.#stage.name, 'telegram'),
        N8N_PARAMETER: secretName(this.#stage.name, 'n8n'),
        TIME_ZONE: this.#stage.timeZone,
        QUIET_HOURS: this.#stage.quietHours,
      },
    })
      .readObjects(artefacts, 'alerts/*', 'drift/reports/*')
      .writeObjects(artefacts, 'alerts/*', 'lake/alerts/*')
      .removeObjects(artefacts, 'alerts/*')
      .listObjects(artefacts, 'alerts/*')
      .readSecret('telegram')
      .readSecret('n8n')
      .publishAlerts(alertTopic)
  }

  #guard(): void {
    const { bus, failures } = this.#resources
    this.#make('guard', {
      description: 'Takes the traffic of a canary whose alarm fires',
      memoryMegabytes: 256,
      timeoutSeconds: 60,
      failures,
      environment: { EVENT_BUS: bus.eventBusName },
    })
      .shiftTraffic()
      .publishEvents(bus)
  }

  /** A function that works through the lake. */
  #work(name: FunctionName, description: string, database: Record<string, string>): HouseFunction {
    const { artefacts, bus, failures } = this.#resources
    return this.#make(name, {
      description,
      memoryMegabytes: LARGEST,
      timeoutSeconds: FIFTEEN_MINUTES,
      scratchMegabytes: 4096,
      failures,
      environment: { ARTEFACT_BUCKET: artefacts.bucketName, EVENT_BUS: bus.eventBusName, ...database },
    })
  }

  #make(
    name: FunctionName,
    props: Omit<ConstructorParameters<typeof HouseFunction>[2], 'stage' | 'name'>,
  ): HouseFunction {
    return new HouseFunction(this, name[0]?.toUpperCase() + name.slice(1), { stage: this.#stage, name, ...props })
  }

  #publish(name: string, house: HouseFunction): void {
    new CfnOutput(this, `${name}PublishedVersion`, { value: house.publish() })
  }

  #servingEnvironment() {
    const { name, refreshSeconds, allowedOrigins } = this.#stage
    return {
      ARTEFACT_BUCKET: this.#resources.artefacts.bucketName,
      KEY_PEPPER_PARAMETER: secretName(name, 'key-pepper'),
      REFRESH_SECONDS: String(refreshSeconds),
      ALLOWED_ORIGINS: allowedOrigins.join(','),
    }
  }

  /** An address that nobody has named is asked for at the deployment, which does not go on without it. */
  #databaseEnvironment() {
    const asked = () => {
      const description = 'URL of the Supabase project, which -c supabaseUrl= or cdk.json names'
      return new CfnParameter(this, 'SupabaseUrl', { description, allowedPattern: 'https://.+' }).valueAsString
    }
    return {
      SUPABASE_URL: this.#stage.supabaseUrl ?? asked(),
      SUPABASE_KEY_PARAMETER: secretName(this.#stage.name, 'supabase-key'),
    }
  }
}
