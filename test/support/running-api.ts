import { randomUUID } from 'node:crypto'
import { cp } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { composeProduct } from '../../bin/compose-product.ts'
import type { Fetch } from '../../bin/gateway.ts'
import { closeServer, listen } from '../../bin/listening.ts'
import { openDataDirectory } from '../../bin/workspace/data-directory.ts'
import type { KeyHasher } from '../../shared/access/key-material.ts'
import { fileObjectStore } from '../../shared/adapters/file-object-store.ts'
import { startEmbeddedSupabase } from '../../shared/adapters/supabase-embedded.ts'
import type { RateLimit } from '../../shared/http/token-bucket.ts'
import type { Clock, Logger, ObjectStore, TaggedReader } from '../../shared/kernel/ports.ts'
import { testMaterial } from './access-keys.ts'
import type { BreakableServer } from './breakable-server.ts'
import { breakableServer } from './breakable-server.ts'
import type { BreakableStore } from './breakable-store.ts'
import { breakableStore } from './breakable-store.ts'
import type { memoryLogger } from './memory-logger.ts'
import { memoryLogger as createMemoryLogger } from './memory-logger.ts'
import { emptyTemplate, productTemplate } from './product-template.ts'
import { temporaryFolder } from './temporary-folder.ts'
import type { TestKeys } from './test-keys.ts'
import { storeTestKeys, TEST_API_KEYS } from './test-keys.ts'

/** An origin that the running product lets in. */
export const ALLOWED_ORIGIN = `chrome-extension://${'abcdefghijklmnop'.repeat(2)}`

/** What the product is composed of here, whatever its compose functions are called. */
export interface ProductParts {
  objects: ObjectStore & TaggedReader
  /** The embedded Supabase, behind a door that can be shut. */
  supabaseUrl: string
  supabaseSecretKey: string
  /** Opens what the hashes of the stored key set are made with. */
  openHasher: () => Promise<KeyHasher>
  /** Origins whose pages may call. */
  origins: readonly string[]
  clock: Clock
  logger: Logger
  /** Age at which snapshots, keys and models are looked for again. */
  refreshMs: number
  /** Of each key, and of each address without one. */
  rateLimit: RateLimit | 'off'
}

/** The product's apps in one, with what tests do to it from inside. */
export interface Product {
  fetch: Fetch
  /** Looks for everything anew, at once. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** The whole product on a loopback port. */
export interface RunningApi extends AsyncDisposable {
  url: string
  fetch: Fetch
  keys: TestKeys
  logger: ReturnType<typeof memoryLogger>
  objects: BreakableStore
  supabase: BreakableServer
  /** Where it has its data, for another {@link RunningApiOptions.beside} it. */
  home: Home
  /** Moves the product's time forward; without it, it runs with the real one. */
  advance(ms: number): void
  refresh(): Promise<void>
}

export interface RunningApiOptions {
  /** What cannot be read of the object store from the start, as {@link BreakableStore.fail} takes it. */
  broken?: (key: string) => boolean
  /** Shares the data and the database of one that runs, behind doors of its own. */
  beside?: RunningApi
  /** Begins with keys and nothing else: no bet, no snapshot, no model. */
  isEmpty?: boolean
  refreshMs?: number
  /** `off` where it is not given. */
  rateLimit?: RateLimit
  /** {@link ALLOWED_ORIGIN} where they are not given. */
  origins?: readonly string[]
  logger?: Logger
}

/** Both apps as `npm start` composes them, behind the gateway. */
async function composeHere(parts: ProductParts): Promise<Product> {
  const product = composeProduct({ ...parts, events: undefined, newId: randomUUID, isPipelineScheduled: true })
  await product.refresh()
  return { fetch: product.fetch, refresh: product.refresh, close: product.flush }
}

/** Starts the product on a copy of {@link productTemplate}: simulated bets, a trained model, keys of every kind. */
export async function startRunningApi(options: RunningApiOptions = {}): Promise<RunningApi> {
  const stack = new AsyncDisposableStack()
  try {
    const home = options.beside?.home ?? (await makeHome(options.isEmpty ?? false, stack))
    return await startAt(home, options, stack)
  } catch (thrown) {
    await stack.disposeAsync()
    throw thrown
  }
}

/** A copied data directory whose database is open. */
interface Home {
  objectsDir: string
  supabaseUrl: string
  supabaseSecretKey: string
}

async function makeHome(isEmpty: boolean, stack: AsyncDisposableStack): Promise<Home> {
  const folder = stack.use(await temporaryFolder())
  const root = join(folder.path, 'data')
  await cp(isEmpty ? await emptyTemplate() : await productTemplate(), root, { recursive: true })
  const { databaseDir, objectsDir, keys } = await openDataDirectory(root, { fresh: false })
  await storeTestKeys(fileObjectStore(objectsDir))
  const supabase = await startEmbeddedSupabase({
    dataDir: databaseDir,
    migrationsDir: resolve('supabase/migrations'),
    keys,
  })
  stack.defer(() => supabase.close())
  return { objectsDir, supabaseUrl: supabase.url, supabaseSecretKey: keys.secretKey }
}

async function startAt(home: Home, options: RunningApiOptions, stack: AsyncDisposableStack): Promise<RunningApi> {
  const supabase = stack.use(await breakableServer(home.supabaseUrl))
  const objects = breakableStore(fileObjectStore(home.objectsDir))
  if (options.broken !== undefined) objects.fail(options.broken)
  const logger = createMemoryLogger()
  let movedMs = 0
  const product = await composeHere({
    objects,
    supabaseUrl: supabase.url,
    supabaseSecretKey: home.supabaseSecretKey,
    openHasher: async () => testMaterial,
    origins: options.origins ?? [ALLOWED_ORIGIN],
    clock: () => Date.now() + movedMs,
    logger: options.logger ?? logger,
    refreshMs: options.refreshMs ?? 60_000,
    rateLimit: options.rateLimit ?? 'off',
  })
  stack.defer(() => product.close())
  const server = await listen(product.fetch, 0)
  stack.defer(() => closeServer(server))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetch: product.fetch,
    keys: TEST_API_KEYS,
    ...{ home, logger, objects, supabase },
    advance: (ms) => {
      movedMs += ms
    },
    refresh: product.refresh,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
