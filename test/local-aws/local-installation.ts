import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { Operations } from '../../bin/aws-operations.ts'
import { awsOperations } from '../../bin/aws-operations.ts'
import { openDataDirectory } from '../../bin/workspace/data-directory.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { s3ObjectStore } from '../../shared/adapters/s3-object-store.ts'
import { supabaseServiceClient } from '../../shared/adapters/supabase-client.ts'
import { startEmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import { secretName } from '../../shared/config/stage.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import { createModelRegistry } from '../../shared/registry/registry.ts'
import { TEST_PEPPER } from '../support/access-keys.ts'
import { modelVersion } from '../support/models.ts'
import { productTemplate } from '../support/product-template.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { storeTestKeys, TEST_API_KEYS } from '../support/test-keys.ts'
import type { Checkout } from './checkout.ts'
import { makeCheckout } from './checkout.ts'
import type { AccountOptions, LocalAccount } from './local-account.ts'
import { OPERATOR, startLocalAccount } from './local-account.ts'
import type { LocalDeployer } from './local-deployer.ts'
import { localDeployer } from './local-deployer.ts'
import { withVariables } from './with-variables.ts'

/** The stage that is installed. */
export const STAGE = 'dev' as const

/** An account with what must be there before anything is deployed: a ledger, secrets, and an operator's working copy. */
export interface LocalInstallation extends AsyncDisposable {
  account: LocalAccount
  checkout: Checkout
  deployer: LocalDeployer
  /** The operator's ports, on the account, as `bin/aws-operations.ts` makes them. */
  operations: Operations
  ledger: SupabaseClient
  /** Lake, models and snapshots of the ledger, to be put into the bucket. */
  prepared: ObjectStore
  /** Opens the account's bucket. */
  objectsIn(bucket: string): ObjectStore
  /** A key with every scope. */
  apiKey: string
  /** The price taken at its word, and the ledger's blend with trees. */
  models: { first: string; second: string }
}

export interface InstallationOptions extends AccountOptions {
  /** A data directory as {@link productTemplate} makes them, for copying; one is made where it is not given. */
  template?: string
}

/** Puts everything in place that an operator has before the first deployment. */
export async function startLocalInstallation(options: InstallationOptions = {}): Promise<LocalInstallation> {
  await using starting = new AsyncDisposableStack()
  const folder = starting.use(await temporaryFolder())
  const root = join(folder.path, 'data')
  await cp(options.template ?? (await productTemplate()), root, { recursive: true })
  const { databaseDir, objectsDir, keys } = await openDataDirectory(root, { fresh: false })
  const database = { dataDir: databaseDir, migrationsDir: resolve('supabase/migrations'), keys }
  const supabase = await startEmbeddedSupabase(database)
  starting.defer(() => supabase.close())
  const prepared = fileObjectStore(objectsDir)
  await storeTestKeys(prepared)
  const account = starting.use(await startLocalAccount(options))
  account.parameters.set(secretName(STAGE, 'key-pepper'), TEST_PEPPER)
  account.parameters.set(secretName(STAGE, 'supabase-key'), keys.secretKey)
  const checkout = starting.use(await makeCheckout())
  const own = { architecture: 'x86_64', supabaseUrl: supabase.url }
  const deployer = starting.use(localDeployer(account, checkout.path, own))
  starting.use(withVariables(account.environment(OPERATOR)))
  const operations = { ...awsOperations(STAGE, { repository: checkout.path, deployer }), smokeKey: TEST_API_KEYS.all }
  const models = await modelsOf(prepared)
  const running = starting.move()
  return {
    ...{ account, checkout, deployer, operations, prepared, models },
    ledger: supabaseServiceClient(supabase.url, keys.secretKey),
    objectsIn: (bucket) => s3ObjectStore(account.s3, bucket),
    apiKey: TEST_API_KEYS.all,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function modelsOf(objects: ObjectStore): Promise<LocalInstallation['models']> {
  const registry = createModelRegistry(objects, Date.now)
  // Training registers a baseline only where it proves nothing better.
  const baseline = await modelVersion()
  await registry.register(baseline)
  const second = (await registry.list()).find(({ kind }) => kind === 'blend')?.version
  if (second === undefined) throw new Error('the ledger has given no blend')
  return { first: baseline.manifest.version, second }
}
