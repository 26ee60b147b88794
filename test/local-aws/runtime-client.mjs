// What runs a handler inside an execution environment: asks the Lambda Runtime API for invocations and answers them.
// Started in the folder of the function's code, which has nothing of this repository around it.
import { Agent, request } from 'node:http'
import { pathToFileURL } from 'node:url'

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const [file, name] = process.env._HANDLER.split('.')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path: `/2018-06-01/runtime/${path}`, agent, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks).toString() }))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function told(thrown) {
  const isError = thrown instanceof Error
  return JSON.stringify({
    errorType: isError ? thrown.name : typeof thrown,
    errorMessage: isError ? thrown.message : String(thrown),
    trace: isError ? (thrown.stack ?? '').split('\n') : [],
  })
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms'])
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
}

let handler
try {
  const loaded = await import(pathToFileURL(`${process.env.LAMBDA_TASK_ROOT}/${file}.mjs`).href)
  handler = loaded[name]
  if (typeof handler !== 'function') throw new TypeError(`${file}.mjs exports no function ${name}`)
} catch (thrown) {
  await call('POST', 'init/error', told(thrown))
  process.exit(1)
}

for (;;) {
  const { headers, body } = await call('GET', 'invocation/next')
  const id = headers['lambda-runtime-aws-request-id']
  try {
    const result = await handler(JSON.parse(body), contextOf(headers))
    await call('POST', `invocation/${id}/response`, JSON.stringify(result === undefined ? null : result))
  } catch (thrown) {
    await call('POST', `invocation/${id}/error`, told(thrown))
  }
}
