/**
 * Markdown as HTML that is safe to show: no raw HTML, no scripts, no images from elsewhere, links to http(s), mail and
 * phone only. What the renderer makes is sanitised once more, since one mistake in either must not be enough.
 */
import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'

const markdown = new MarkdownIt({ html: false, linkify: true })
// Deep nesting costs time that grows faster than the text.
markdown.set({ maxNesting: 20 })

const allowed: sanitizeHtml.IOptions = {
  allowedTags:
    'h1 h2 h3 h4 h5 h6 p br hr blockquote ul ol li pre code strong em s a table thead tbody tr th td'.split(
      ' ',
    ),
  allowedAttributes: { a: ['href', 'title', 'rel'], ol: ['start'], td: ['align'], th: ['align'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
}

/** text: markdown of at most a megabyte; what lies beyond is cut. */
export const renderMarkdown = (text: string): string =>
  sanitizeHtml(markdown.render(text.slice(0, 1_000_000)), allowed)
