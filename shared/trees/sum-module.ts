/**
 * The module of `wasmKernel`, put together from instructions: two functions over an imported memory, each one loop.
 *
 * @see W3C, "WebAssembly Core Specification", release 2.0, section 5 "Binary Format"
 */
export function summingModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([signature(5), signature(6)])),
    ...section(2, vector([[...name('host'), ...name('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, vector([[0x00], [0x01]])),
    ...section(
      7,
      vector([
        [...name('addFour'), 0x00, 0x00],
        [...name('addOne'), 0x00, 0x01],
      ]),
    ),
    ...section(10, vector([functionBody(loopOverRows(5, addAllFour)), functionBody(loopOverRows(6, addTheOne))])),
  ])
}

const I32 = 0x7f
const V128 = 0x7b

/** Parameters of both functions, in this order; `addOne` has the shift after them. */
const [CODES, STRIDE, N, PAIRS, SUMS, SHIFT] = [0, 1, 2, 3, 4, 5] as const

/** Locals after the parameters: the row's word, its pair, the address of a sum. */
const localsAfter = (parameters: number) => ({ word: parameters, address: parameters + 1, pair: parameters + 2 })

type Locals = ReturnType<typeof localsAfter>

const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const tee = (local: number) => [0x22, local]
const constant = (value: number) => [0x41, ...signedLeb(value)]
const ADD = [0x6a]
const AND = [0x71]
const SHIFT_LEFT = [0x74]
const SHIFT_RIGHT = [0x76]
const loadWord = [0x28, 0x02, 0x00]
const loadPair = (offset: number) => [0xfd, 0x00, 0x03, ...leb(offset)]
const storePair = (offset: number) => [0xfd, 0x0b, 0x03, ...leb(offset)]
const ADD_PAIRS = [0xfd, ...leb(0xf0)]

/** while (n > 0) { word = *codes; pair = *pairs; …; codes += stride; pairs += 16; n −= 1 } */
function loopOverRows(parameters: number, body: (locals: Locals) => number[]): number[] {
  const locals = localsAfter(parameters)
  return [
    ...[0x02, 0x40, 0x03, 0x40],
    ...[...get(N), 0x45, 0x0d, 0x01],
    ...[...get(CODES), ...loadWord, ...set(locals.word)],
    ...[...get(PAIRS), ...loadPair(0), ...set(locals.pair)],
    ...body(locals),
    ...[...get(CODES), ...get(STRIDE), ...ADD, ...set(CODES)],
    ...[...get(PAIRS), ...constant(16), ...ADD, ...set(PAIRS)],
    ...[...get(N), ...constant(-1), ...ADD, ...set(N)],
    ...[0x0c, 0x00, 0x0b, 0x0b, 0x0b],
  ]
}

/** For k = 0 … 3: sums[4096·k + 16·code_k] += pair, code_k being byte k of the word. */
function addAllFour(locals: Locals): number[] {
  return [0, 1, 2, 3].flatMap((k) => {
    const shifted = k === 0 ? [...constant(4), ...SHIFT_LEFT] : [...constant(8 * k - 4), ...SHIFT_RIGHT]
    return [...get(locals.word), ...shifted, ...constant(0xff0), ...AND, ...addPair(locals, 4096 * k)]
  })
}

/** sums[16·((word >> shift) & 255)] += pair */
function addTheOne(locals: Locals): number[] {
  return [
    ...[...get(locals.word), ...get(SHIFT), ...SHIFT_RIGHT, ...constant(255), ...AND],
    ...[...constant(4), ...SHIFT_LEFT, ...addPair(locals, 0)],
  ]
}

/** Adds the pair to the sum at `sums` + what is on the stack + `offset`. */
function addPair({ address, pair }: Locals, offset: number): number[] {
  const place = [...get(SUMS), ...ADD, ...tee(address)]
  return [...place, ...get(address), ...loadPair(offset), ...get(pair), ...ADD_PAIRS, ...storePair(offset)]
}

function functionBody(instructions: number[]): number[] {
  const locals = vector([
    [0x02, I32],
    [0x01, V128],
  ])
  const body = [...locals, ...instructions]
  return [...leb(body.length), ...body]
}

/** A function of so many 32-bit integers that returns nothing. */
function signature(parameters: number): number[] {
  return [0x60, ...vector(Array.from({ length: parameters }, () => [I32])), 0x00]
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb(content.length), ...content]
}

function vector(items: number[][]): number[] {
  return [...leb(items.length), ...items.flat()]
}

function name(text: string): number[] {
  return vector(Array.from(new TextEncoder().encode(text), (byte) => [byte]))
}

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
}

/** Signed LEB128. */
function signedLeb(value: number): number[] {
  const rest = value >> 7
  const isLast = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0)
  return isLast ? [value & 127] : [(value & 127) | 128, ...signedLeb(rest)]
}
