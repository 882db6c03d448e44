/** The few pages that need no script: login and choosing a password, since they are where everything begins. */
import express, { type Router } from 'express'
import type pg from 'pg'

const escapeHtml = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char]!,
  )

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · ClubOS</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/pages.css">
<main>
<p class="brand">ClubOS</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</html>
`

const style = `:root { color-scheme: light dark; --ink: #1d2430; --soft: #5a6577; --ground: #f6f7f9; --sheet: #fff; --line: #c9d0da; --strong: #0b5d4e; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a4afbf; --ground: #12161d; --sheet: #1a202a; --line: #3a4554; --strong: #4cc3a8; --on: #08110f } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem }
.brand { margin: 0; color: var(--strong); font-weight: 700; letter-spacing: .02em }
h1 { margin: .25rem 0 1.25rem; font-size: 1.4rem; line-height: 1.25 }
label { display: block; margin: 0 0 1rem; font-weight: 600 }
.hint { display: block; color: var(--soft); font-weight: 400; font-size: .875rem }
input { display: block; width: 100%; margin-top: .25rem; padding: .65rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--ground); color: inherit; font: inherit }
button { width: 100%; padding: .7rem; border: 0; border-radius: .5rem; background: var(--strong); color: var(--on); font: inherit; font-weight: 600; cursor: pointer }
a { color: var(--strong) }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
p:last-child { margin-bottom: 0 }
`

export const messagePage = (title: string, text: string) =>
  page(title, `<p role="status">${escapeHtml(text)}</p>\n<p><a href="/login">To the login</a></p>`)

/** For what somebody entered and can mend: their browser still has the form. */
export const refusalPage = (text: string) =>
  page(
    'That did not work',
    `<p role="alert">${escapeHtml(text)}</p>\n<p>Go back to change what you entered, or <a href="/login">to the login</a>.</p>`,
  )

const field = (label: string, name: string, attributes: string, hint = '') =>
  `<label>${label}${hint && `<span class="hint">${hint}</span>`}<input name="${name}" required ${attributes}></label>`

const newPassword = field(
  'New password',
  'password',
  'type="password" autocomplete="new-password" minlength="12" maxlength="200"',
  'At least 12 characters; a few words do well.',
)

const loginPage = (next: string) =>
  page(
    'Log in',
    `<form method="post" action="/auth/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
${field('E-mail address', 'email', 'type="email" autocomplete="username" autofocus')}
${field('Password', 'password', 'type="password" autocomplete="current-password"')}
<button>Log in</button>
</form>
<p><a href="/forgotten">Forgotten your password?</a></p>`,
  )

const forgottenPage = page(
  'Forgotten your password?',
  `<form method="post" action="/auth/reset">
${field('E-mail address', 'email', 'type="email" autocomplete="username" autofocus', 'We mail you a link to choose a new one.')}
<button>Send the link</button>
</form>
<p><a href="/login">Back to the login</a></p>`,
)

const choosePage = (token: string, purpose: string, email: string | null) =>
  page(
    purpose === 'first_admin' ? 'Become the first admin' : 'Choose your password',
    `<form method="post" action="/auth/password">
<input type="hidden" name="token" value="${escapeHtml(token)}">
${
  email === null
    ? field('E-mail address', 'email', 'type="email" autocomplete="username" autofocus') +
      field('Your name', 'name', 'autocomplete="name"')
    : `<input type="hidden" name="username" autocomplete="username" value="${escapeHtml(email)}"><p>For ${escapeHtml(email)}.</p>`
}
${newPassword}
<button>Save and log in</button>
</form>`,
  )

export const notBuiltPage = page(
  'The web UI is not built',
  '<p>Build it with <code>npm run build</code> and start again. The API is at <code>/graphql</code>.</p>\n<p><a href="/login">Staff log in here.</a></p>',
)

export function pages(pool: pg.Pool): Router {
  const router = express.Router()
  router.get('/pages.css', (_request, response) => {
    response.type('css').setHeader('cache-control', 'public, max-age=3600').send(style)
  })
  router.get('/login', (request, response) => {
    response.type('html').send(loginPage(typeof request.query.next === 'string' ? request.query.next : '/'))
  })
  router.get('/forgotten', (_request, response) => {
    response.type('html').send(forgottenPage)
  })
  router.get('/choose-password', async (request, response) => {
    const token = typeof request.query.token === 'string' ? request.query.token.slice(0, 200) : ''
    const { rows } = await pool.query<{ purpose: string; email: string | null }>(
      'select purpose, email from app_secret.find_link($1)',
      [token],
    )
    response.setHeader('cache-control', 'no-store')
    response.type('html')
    if (rows[0]) response.send(choosePage(token, rows[0].purpose, rows[0].email))
    else
      response
        .status(410)
        .send(messagePage('This link has ended', 'It was used already, has expired or is not whole.'))
  })
  return router
}
