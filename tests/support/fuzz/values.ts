/** JSON that no serializer writes, as it goes into a body. */
export class RawJson {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** JSON text of a value in which `RawJson` stands for itself. */
export function writeJson(value: unknown): string {
  const raw: string[] = []
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (!(part instanceof RawJson)) return part
    raw.push(part.text)
    return `\u0001${raw.length - 1}\u0001`
  })
  return text.replaceAll(/"\\u0001(\d+)\\u0001"/g, (_match, at: string) => raw[Number(at)]!)
}

const deep = (depth: number) => new RawJson('['.repeat(depth) + ']'.repeat(depth))
const deepObject = (depth: number) => new RawJson('{"a":'.repeat(depth) + '1' + '}'.repeat(depth))

/** What no field takes, of whatever type: too long, beyond a JSON integer, no number, no text, deep. */
export const hopelessValues: readonly unknown[] = [
  'x'.repeat(30_000),
  2 ** 53,
  new RawJson('NaN'),
  'before\u0000after',
  deep(100),
  deepObject(5_000),
]

/** One of each kind of value that is bad for most fields: of another type, negative, no text. */
export const badValues: readonly unknown[] = [null, true, 1.5, '', [], {}, -1, '🥐']

/** More that nobody means to send as a value. */
export const oddValues: readonly unknown[] = [
  false,
  0,
  new RawJson('9007199254740991'),
  new RawJson('9223372036854775808'),
  new RawJson('1e400'),
  new RawJson('-0'),
  new RawJson('Infinity'),
  new RawJson('007'),
  ' ',
  '0',
  '-1',
  '1e3',
  'NaN',
  '99999999999999999999999999',
  'null',
  'x'.repeat(300),
  '🥐'.repeat(5_000),
  'e\u0301'.repeat(150),
  '\u001b[2J',
  '\u202Eright to left',
  '\uFEFF',
  new RawJson('"\\ud800"'),
  new RawJson('"\\udc00\\ud800"'),
  "' or 1=1; --",
  '%00%ff',
  '../../../etc/passwd',
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '2026-02-30T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  'http://127.0.0.1:1/',
  'a@b',
  [null],
  [[]],
  { length: 1 },
  { toString: 1, constructor: {} },
  new RawJson('{"__proto__":{"x":1}}'),
  deep(10_000),
]

/** Whole bodies that no route takes which takes one: broken, deep, not UTF-8, 1 MB. */
export const hopelessBodies: readonly (string | Buffer)[] = [
  '{',
  '['.repeat(30_000),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  `{"a":"${'x'.repeat(1024 * 1024)}"}`,
]

/** Whole bodies that most refuse. */
export const badBodies: readonly (string | Buffer)[] = ['', '{}']

/** More of them. */
export const oddBodies: readonly (string | Buffer)[] = [
  ' ',
  '}',
  '[',
  'null',
  'true',
  '0',
  '"text"',
  '[]',
  '[{}]',
  '{"a"}',
  "{'a':1}",
  '{"a":1,}',
  '{"a":1}{"a":1}',
  '{"a":undefined}',
  '\uFEFF{}',
  '{"\u0000":1}',
  '{"a":'.repeat(10_000),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  Buffer.alloc(1000),
  `{"a":"${'x'.repeat(70_000)}"}`,
]

/** Parts of an address that no route takes, already escaped. */
export const hopelessParts: readonly string[] = ['%00', 'x'.repeat(4_000)]

/** Parts of an address as they go into it: one of each kind of value that is bad for most. */
export const badParts: readonly string[] = [
  'x',
  '-1',
  'NaN',
  '9007199254740992',
  '%F0%9F%A5%90',
  '%5B'.repeat(100),
]

/** More of them. */
export const oddParts: readonly string[] = [
  '0',
  'null',
  'undefined',
  '%20',
  '%ff',
  '%',
  '%zz',
  '%2e%2e',
  '..',
  '%2F',
  '__proto__',
  'constructor',
  "'%20or%201=1",
  'mer_01h455vb4pex5vsknk084sn02q',
  'MER_01H455VB4PEX5VSKNK084SN02Q',
  'mer_81h455vb4pex5vsknk084sn02q',
  '9223372036854775808',
  '1.5',
  '1e3',
  '2026-02-30T00:00:00Z',
]

type Headers = Readonly<Record<string, string | undefined>>

/** Headers that no route takes with a body. */
export const hopelessHeaders: readonly Headers[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
]

/** Headers that a request may come with, by what is bad about them; undefined: left out. */
export const badHeaders: readonly Headers[] = [
  { authorization: undefined },
  { authorization: `Bearer ${'x'.repeat(5_000)}` },
  { 'idempotency-key': undefined },
  { 'idempotency-key': 'x'.repeat(256) },
  { 'idempotency-key': '\u00e9\u00ff' },
  { 'content-type': undefined },
  { 'tally-staff': 'x' },
]

/** More of them. */
export const oddHeaders: readonly Headers[] = [
  { authorization: '' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer x' },
  { authorization: 'Basic dGVzdDp0ZXN0' },
  { authorization: `Bearer tk_${'A'.repeat(43)}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  { authorization: 'Bearer \u00e9' },
  { 'idempotency-key': '' },
  { 'idempotency-key': ' ' },
  { 'content-type': '' },
  { 'content-type': 'application/xml' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/json; charset="' },
  { 'content-type': ';;;' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, gzip' },
  { accept: 'text/html' },
  { accept: '' },
  { accept: ';q=nonsense' },
  { 'accept-language': '\u00ff;q=9' },
  { 'accept-encoding': 'identity;q=0' },
  { 'x-forwarded-for': 'nowhere' },
  { 'x-forwarded-for': '::ffff:300.1.1.1, ,' },
  { 'x-forwarded-for': `${'1.2.3.4, '.repeat(200)}` },
  { 'x-forwarded-for': 'fe80::1%eth0' },
  { 'x-forwarded-proto': 'gopher' },
  { 'x-request-id': '\u00ff'.repeat(300) },
  { host: '' },
  { host: 'a b' },
  { cookie: '=;;=\u00ff' },
  { origin: 'null' },
  { 'last-event-id': '-1' },
  { 'if-none-match': '*' },
  { range: 'bytes=0-0,-1' },
  { expect: '200-maybe' },
  { 'user-agent': '\u00ff'.repeat(2_000) },
]
