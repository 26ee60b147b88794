import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { App } from '@supabase/lite'
import type { PgliteConnection } from '@supabase/lite/pglite'
import { createPgliteConnection } from '@supabase/lite/pglite'
import { messageOf, UpstreamError } from '../kernel/errors.ts'

/** What a client of the embedded server must present; kept in the data directory, mode 0600. */
export interface SupabaseKeys {
  publishableKey: string
  secretKey: string
  jwtSecret: string
}

export interface EmbeddedSupabase {
  /** `http://127.0.0.1:PORT`, for `createClient`. */
  url: string
  close(): Promise<void>
}

/**
 * Starts Supabase's own embeddable server on PGlite, on a loopback port of the system's choice.
 *
 * A new database is made under another name and renamed when it is complete, so a run that was killed in the middle
 * leaves nothing that looks like a database. Migrations not yet applied are applied, each in one transaction, and
 * recorded where the Supabase CLI records them.
 *
 * @throws {UpstreamError} where the database does not open or a migration fails
 */
export async function startEmbeddedSupabase(options: {
  dataDir: string
  migrationsDir: string
  keys: SupabaseKeys
}): Promise<EmbeddedSupabase> {
  const { dataDir, migrationsDir, keys } = options
  const unfinished = `${dataDir}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  if (!(await holdsDatabase(dataDir))) {
    await mkdir(unfinished, { recursive: true })
    const draft = await openDatabase(unfinished)
    await applyMigrations(draft, migrationsDir)
    await keepingExitCode(() => draft.close())
    await rename(unfinished, dataDir)
  }
  const connection = await openDatabase(dataDir)
  await applyMigrations(connection, migrationsDir)
  const app = new App({
    connection,
    auth: { publishable_key: keys.publishableKey, secret_key: keys.secretKey, jwt_secret: keys.jwtSecret },
  })
  const server = serve({ fetch: (request) => app.fetch(request), hostname: '127.0.0.1', port: 0 })
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
      await keepingExitCode(() => connection.close())
    },
  }
}

/** PGlite begins and ends as a program of its own, and says how in the exit code of this one. */
async function keepingExitCode<T>(work: () => Promise<T>): Promise<T> {
  const { exitCode } = process
  try {
    return await work()
  } finally {
    process.exitCode = exitCode
  }
}

async function openDatabase(dataDir: string): Promise<PgliteConnection> {
  try {
    return await keepingExitCode(async () => {
      const connection = await createPgliteConnection({ url: dataDir })
      await connection.driver.waitReady
      return connection
    })
  } catch (cause) {
    throw damaged(dataDir, cause)
  }
}

/** The roles that a hosted project brings along, and the Supabase CLI's table of applied migrations. */
const PRELUDE = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin; end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    create role service_role nologin bypassrls;
  end if;
end $$;
grant usage on schema public to anon, authenticated, service_role;
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
`

async function applyMigrations(connection: PgliteConnection, migrationsDir: string): Promise<void> {
  const { driver } = connection
  await driver.exec(PRELUDE)
  const applied = await driver.query<{ version: string }>('select version from supabase_migrations.schema_migrations')
  const done = new Set(applied.rows.map((row) => row.version))
  const files = (await readdir(migrationsDir)).filter((file) => file.endsWith('.sql')).sort()
  for (const file of files) {
    const version = file.slice(0, file.indexOf('_'))
    if (done.has(version)) continue
    const sql = await readFile(join(migrationsDir, file), 'utf8')
    try {
      await driver.transaction(async (tx) => {
        await tx.exec(sql)
        await tx.query('insert into supabase_migrations.schema_migrations (version, name) values ($1, $2)', [
          version,
          file,
        ])
      })
    } catch (cause) {
      throw new UpstreamError('PGlite', `migration ${file} failed: ${messageOf(cause)}`, { retryable: false, cause })
    }
  }
}

/**
 * Whether a database stands there; an empty folder is removed, so that a whole one can take its name.
 *
 * @throws {UpstreamError} where something else stands there
 */
async function holdsDatabase(dataDir: string): Promise<boolean> {
  const entries = await readdir(dataDir).catch((thrown: NodeJS.ErrnoException): string[] => {
    if (thrown.code === 'ENOENT') return []
    throw damaged(dataDir, thrown)
  })
  if (entries.length === 0) await rm(dataDir, { recursive: true, force: true })
  else if (!entries.includes('PG_VERSION')) throw damaged(dataDir, 'PG_VERSION is missing')
  return entries.length > 0
}

function damaged(dataDir: string, cause: unknown): UpstreamError {
  const message = `the database in ${dataDir} does not open (${messageOf(cause)}): it is damaged; --fresh begins anew`
  return new UpstreamError('PGlite', message, { retryable: false, cause })
}
