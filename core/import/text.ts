/** Bytes to clean text: whatever encoding they are in, without what no reader needs. */

/** By byte order mark; then UTF-8 where it is valid; then UTF-16 by its zeros; else Windows-1252, of which latin1 is a part. */
export function decode(bytes: Uint8Array): string {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return new TextDecoder('utf-8').decode(bytes)
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const sample = bytes.subarray(0, 4096)
  const zeros = [0, 0]
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2]!++
  const most = sample.length / 4
  if (zeros[1]! > most && zeros[0]! < most / 8) return new TextDecoder('utf-16le').decode(bytes)
  if (zeros[0]! > most && zeros[1]! < most / 8) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Whether a text is none: a program or a picture under a text's name. */
export function isBinary(text: string): boolean {
  const sample = text.slice(0, 8192)
  const odd = sample.match(/[\p{Cc}\uFFFD]/gu)?.filter((c) => !'\n\r\t\f'.includes(c)).length ?? 0
  return odd > 8 && odd > sample.length / 20
}

/** Line ends, control and invisible characters, spaces at ends, and more than two empty lines go. */
export const clean = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029|\f/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\uFEFF\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFFFD]|\p{Cs}/gu, '')
    .replace(/\u00A0/g, ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

/** A name of the kind that sections have: `PIN Failures (2024)` is pin_failures_2024. */
export const slug = (name: string, most = 100): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}/]+/gu, '_')
    .replace(/_*\/_*/g, '/')
    .replace(/^[_/]+|[_/]+$/g, '')
    .slice(0, most)
    .replace(/[_/]+$/, '')
