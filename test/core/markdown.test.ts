import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { renderMarkdown } from '../../core/markdown.ts'

const tags =
  /<(?!\/?(h[1-6]|p|br|hr|blockquote|ul|ol|li|pre|code|strong|em|s|a|table|thead|tbody|tr|th|td)[\s>/])/i

/** Where the links of a rendered text lead, as a browser on our page would understand them. */
const protocols = (html: string) =>
  [...html.matchAll(/<a\b[^>]*?href="([^"]*)"/g)].map(([, href]) => {
    const address = href!.replace(/&(amp|lt|gt|quot);/g, '')
    return URL.canParse(address, 'https://help.club.example')
      ? new URL(address, 'https://help.club.example').protocol
      : 'https:'
  })
const safe = ['http:', 'https:', 'mailto:', 'tel:']

describe('markdown', () => {
  it('becomes HTML', () => {
    expect(renderMarkdown('# Reset\n\n1. **Hold** the button\n2. Wait\n\n[site](https://x.example)')).toBe(
      '<h1>Reset</h1>\n<ol>\n<li><strong>Hold</strong> the button</li>\n<li>Wait</li>\n</ol>\n<p><a href="https://x.example" rel="noopener noreferrer nofollow">site</a></p>\n',
    )
    expect(renderMarkdown('| a | b |\n|---|--:|\n| 1 | 2 |')).toContain('<td>1</td>')
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](java\tscript:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:x)',
    '![x](https://tracker.example/pixel.png)',
    '![x](x"onerror="alert(1))',
    '[a]: javascript:alert(1)\n[a]',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<style>*{display:none}</style>',
    '<form action="https://evil.example"><input name=password></form>',
    '[x](//evil.example)',
    '`<script>`',
    '<!--><script>alert(1)</script>-->',
    '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '[x](https://ok.example "onmouseover=alert(1)")',
    '<b onmouseover=alert(1)>x</b>',
  ])('renders %s inert', (text) => {
    const html = renderMarkdown(text)
    expect(html).not.toMatch(tags)
    expect(html).not.toMatch(/<[^>]*\son\w+\s*=/i)
    for (const protocol of protocols(html)) expect(safe).toContain(protocol)
    expect(html).not.toMatch(/<img/i)
  })

  it('renders whatever is written into known tags alone', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<script>',
        '</',
        '[x](',
        'javascript:',
        '"',
        "'",
        '`',
        '**',
        '![',
        '](',
        'onerror=',
        '\u202e',
        '\u0000',
        '&lt;',
        '<svg',
        '|',
        '> ',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const html = renderMarkdown(pieces.join(''))
        expect(html).not.toMatch(tags)
        for (const protocol of protocols(html)) expect(safe).toContain(protocol)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['nested quotes', '> '.repeat(50_000)],
    ['brackets', '['.repeat(50_000)],
    ['links', '[a]('.repeat(20_000)],
    ['stars', '*a **b '.repeat(10_000)],
    ['backticks', '`'.repeat(50_000)],
    ['a table', `|${'a|'.repeat(20_000)}\n|${'-|'.repeat(20_000)}`],
  ])('takes no time without end for %s', (_what, text) => {
    const began = performance.now()
    renderMarkdown(text)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})
