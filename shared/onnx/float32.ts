const bits = new DataView(new ArrayBuffer(4))

/** The least 32-bit float above `x`, itself a 32-bit float; Infinity and NaN stay as they are. */
export function nextFloat32(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x
  if (x === 0) return 2 ** -149
  bits.setFloat32(0, x)
  bits.setInt32(0, bits.getInt32(0) + (x > 0 ? 1 : -1))
  return bits.getFloat32(0)
}

/** The greatest 32-bit float below `x`, itself a 32-bit float; −Infinity and NaN stay as they are. */
export function previousFloat32(x: number): number {
  return -nextFloat32(-x)
}

/** The greatest 32-bit float that is at most `x`. */
export function floorFloat32(x: number): number {
  const nearest = Math.fround(x)
  return nearest > x ? previousFloat32(nearest) : nearest
}
