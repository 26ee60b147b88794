import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = '.github'
const WORKFLOWS = readdirSync(join(ROOT, 'workflows')).map((name) => join(ROOT, 'workflows', name))
const ACTIONS = readdirSync(join(ROOT, 'actions')).map((name) => join(ROOT, 'actions', name, 'action.yml'))
const FILES = [...WORKFLOWS, ...ACTIONS].map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** Text of a workflow. */
function workflow(name: string): string {
  return readFileSync(join(ROOT, 'workflows', `${name}.yml`), 'utf8')
}

/** Text of a job, up to the next one. */
function job(name: string, of: string): string {
  const [, text = ''] = workflow(of).split(new RegExp(`^ {2}${name}:\n`, 'm'))
  return text.split(/^ {2}[a-z]+:\n/m)[0] ?? ''
}

describe('the workflows', () => {
  it('are three, with the actions that they share', () => {
    expect(WORKFLOWS.map((path) => path.split('/').at(-1)).sort()).toEqual(['audit.yml', 'ci.yml', 'deploy.yml'])
    expect(ACTIONS).toHaveLength(3)
  })

  it.each(FILES)('$path uses each foreign action in one exact version', ({ text }) => {
    for (const [, action] of text.matchAll(/uses: (.+)$/gm)) {
      const isOurs = action?.startsWith('./.github/actions/') ?? false
      if (!isOurs) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@v\d+\.\d+\.\d+$/)
    }
  })

  it('use no action of ours that there is not', () => {
    const used = FILES.flatMap(({ text }) => [...text.matchAll(/uses: \.\/(.+)$/gm)].map(([, path]) => path))
    expect(used.length).toBeGreaterThan(5)
    for (const path of used) expect(ACTIONS).toContain(`${path}/action.yml`)
  })

  it('keep no credentials of AWS', () => {
    for (const { text } of FILES) expect(text).not.toMatch(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)/)
  })

  it.each(WORKFLOWS)('%s may read and no more, where a job does not ask for it', (path) => {
    expect(readFileSync(path, 'utf8')).toMatch(/^permissions:\n {2}contents: read\n$/m)
  })

  it('name commands that there are', () => {
    const commands = readFileSync('bin/closeline.ts', 'utf8')
    const named = FILES.flatMap(({ text }) => [...text.matchAll(/npx closeline (\w+)/g)].map(([, name]) => name))
    expect(new Set(named)).toEqual(new Set(['deploy', 'canary', 'promote', 'rollback', 'status']))
    for (const name of named) expect(commands).toContain(`${name}Command()`)
  })

  it('name stacks that there are, and leave Functions and Traffic to closeline', () => {
    const stacks = readFileSync('lib/create-stacks.ts', 'utf8')
    const deployed = [...workflow('deploy').matchAll(/cdk deploy ([\w ]+) --exclusively/g)].flatMap(([, names]) =>
      (names ?? '').split(' '),
    )
    expect(new Set(deployed)).toEqual(new Set(['Data', 'Canary', 'Api', 'Schedules', 'Watch']))
    for (const name of deployed) expect(stacks).toContain(`(app, '${name}',`)
  })
})

describe('a pull request', () => {
  it('is shown what it would do to staging, unless it comes from a fork', () => {
    const diff = job('diff', 'ci')
    expect(diff).toContain('github.event.pull_request.head.repo.full_name == github.repository')
    expect(diff).toContain('cdk diff --all --context stage=staging')
    expect(diff).toContain('id-token: write')
  })
})

describe('a change of main', () => {
  it('goes to staging, then to a tenth of prod, and to the rest when it is approved', () => {
    expect(job('staging', 'deploy')).toMatch(/environment: staging\n/)
    expect(job('canary', 'deploy')).toMatch(/needs: staging\n/)
    expect(job('canary', 'deploy')).toContain('--weight 0.1 --monitor 15')
    expect(job('promote', 'deploy')).toMatch(/needs: canary\n/)
    expect(job('promote', 'deploy')).toMatch(/environment: prod\n/)
  })

  it.each(['staging', 'canary', 'promote'])('is tried as a caller would in %s, and what answers is kept', (name) => {
    expect(job(name, 'deploy')).toContain('uses: ./.github/actions/smoke')
    expect(job(name, 'deploy')).toMatch(/if: always\(\)\n {8}uses: \.\/\.github\/actions\/keep-traffic/)
  })

  it('is never cut short', () => {
    expect(workflow('deploy')).toMatch(/^concurrency:\n {2}group: deploy\n {2}cancel-in-progress: false$/m)
  })
})

describe('the audit', () => {
  it('looks at what is shipped and at all licences, every week', () => {
    expect(workflow('audit')).toContain('npm audit --omit=dev')
    expect(workflow('audit')).toContain('npm run check:licences')
    expect(workflow('audit')).toMatch(/- cron: '/)
  })
})
