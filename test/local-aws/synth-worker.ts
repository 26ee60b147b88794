import { join } from 'node:path'

/**
 * Runs a working copy's `bin/app.ts` again and again in one process: loading the CDK takes longer than a synthesis. The app
 * finds folder and context where the CDK's command line puts them.
 */
interface Order {
  repository: string
  folder: string
  context: string
}

let runs = 0

process.on('message', ({ repository, folder, context }: Order) => {
  process.env.CDK_OUTDIR = folder
  process.env.CDK_CONTEXT_JSON = context
  // Under another address the app is a module that has not run yet; what it imports has been loaded.
  import(`${join(repository, 'bin', 'app.ts')}?run=${++runs}`).then(
    () => process.send?.({ ok: true }),
    (thrown: unknown) =>
      process.send?.({ ok: false, message: thrown instanceof Error ? thrown.stack : String(thrown) }),
  )
})
