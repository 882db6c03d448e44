import type { Page } from '@playwright/test'
import { answerQuestion } from '../support/providers/defaults.ts'
import type { Script } from '../support/providers/script.ts'
import { answerable, customer } from './customers.ts'
import { expect, expectAccessible, expectNoSidewaysScroll, looks, test, useClub } from './support.ts'

const club = useClub('demo', { models: true })

/** A model that routes at once, and writes what the test says, when the test says. */
function play(write: (honest: string) => Script) {
  club().openai.on('responses', ({ body }) => {
    const { input, stream } = body as {
      input: string | { content: string | { text: string }[] }[]
      stream?: boolean
    }
    if (!stream) return { json: { category: 'tech_support', confidence: 0.95, emergency: false } }
    const texts = (typeof input === 'string' ? [{ content: input }] : input).map(({ content }) =>
      typeof content === 'string' ? content : content.map(({ text }) => text).join('\n'),
    )
    return write(answerQuestion(texts))
  })
}

/** Holds the stream before its last piece until it is let go. */
function held() {
  let go = () => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  return { go, gone }
}
/** The whole twice: what stands in the first is released once the second has begun. */
const inTwo = (honest: string) => {
  const text = `${honest} ${honest}`
  return [text.slice(0, honest.length + 12), text.slice(honest.length + 12)]
}

// The first question waits for the embedding model to be loaded.
test.beforeAll(async () => {
  await (await customer(club())).ask(answerable)
})
test.beforeEach(() => club().openai.reset())

const coming = (page: Page) => page.getByRole('region', { name: 'The assistant answers …' })
const answer = (page: Page) => page.getByRole('region', { name: 'Answer', exact: true })

async function ask(page: Page) {
  await page.goto('/ask')
  await page.getByRole('textbox', { name: 'Question' }).fill(answerable)
  await page.keyboard.press('Control+Enter')
}

const lastResponse = async () => {
  const { rows } = await club().pool.query<{ outcome: string; model: string; reason: string | null }>(
    'select outcome, model, reason from app_public.responses order by id desc limit 1',
  )
  return rows[0]
}

test('in Ask, an answer appears as it is written, with its route; then who wrote it, by which prompt, at what cost', async () => {
  const { go, gone } = held()
  play((honest) => ({
    pieces: inTwo(honest),
    text: `${honest} ${honest}`,
    beforePiece: (n) => (n === 1 ? gone : undefined),
  }))
  const page = await club().as('reviewer')
  await ask(page)
  const first = coming(page).locator('[data-streaming]')
  await expect(first).toContainText(/projector/i)
  await expect(coming(page)).toContainText('tech_support')
  await expect(coming(page).getByRole('button', { name: 'Stop' })).toBeVisible()
  // Screen readers are told that it is coming, not each word.
  await expect(first).toHaveAttribute('aria-live', 'off')
  await expect(page.getByRole('status').filter({ hasText: /projector/i })).toHaveCount(0)
  await expectAccessible(page)
  go()
  await expect(answer(page)).toContainText('answered')
  await expect(page.getByRole('status').filter({ hasText: /projector/i })).toHaveCount(1)
  const written = answer(page).locator('[data-written]')
  await expect(written).toContainText('Written by gpt-4o')
  await expect(written).toContainText('category by gpt-4o')
  await expect(written).toContainText(/[\d,]+ tokens in, [\d,]+ out/)
  await expect(written).toContainText(/\$0\.\d+/)
  await written.getByRole('link', { name: 'prompt answer, version 1' }).click()
  await expect(page).toHaveURL(/\/admin\/prompts\/answer\?tab=history&to=1/)
  await expect(page.getByRole('list', { name: 'Versions' })).toContainText(/\d+ answers?/)
})

test('Escape stops it: the model is stopped too, and nothing counts as answered', async () => {
  const { go, gone } = held()
  play((honest) => ({
    pieces: inTwo(honest),
    text: `${honest} ${honest}`,
    beforePiece: (n) => (n === 1 ? gone : undefined),
  }))
  const page = await club().as('agent')
  await ask(page)
  await expect(coming(page).locator('[data-streaming]')).toContainText(/projector/i)
  const request = club().openai.of('responses').at(-1)!
  await page.keyboard.press('Escape')
  await expect(page.getByRole('note').filter({ hasText: 'Stopped' })).toBeVisible()
  await request.ended
  go()
  await expect.poll(lastResponse).toMatchObject({ outcome: 'withheld', reason: 'stopped by the customer' })
  await expect(answer(page)).toHaveCount(0)
  await page.context().close()
})

test('what does not pass the check against the sources is taken back without a jump', async () => {
  const { go, gone } = held()
  play((honest) => ({
    pieces: [`${honest} It costs 47`, '11 dollars an hour [1]. ', 'Ask at the bar.'],
    text: `${honest} It costs 4711 dollars an hour [1]. Ask at the bar.`,
    beforePiece: (n) => (n === 1 ? gone : undefined),
  }))
  const page = await club().as('agent')
  await ask(page)
  const text = coming(page).locator('[data-streaming]')
  await expect(text).toContainText(/projector/i)
  go()
  await expect(answer(page)).toContainText('handed over')
  await expect(answer(page)).not.toContainText('It costs')
  await expect(answer(page)).toContainText(/Why: .*no source/)
  await page.context().close()
})

test('where the model fails, the club’s own text comes in its place, and staff are told why', async () => {
  play(() => ({ fault: { kind: 'status', status: 500 } }))
  const page = await club().as('agent')
  await ask(page)
  await expect(answer(page)).toContainText('answered')
  const written = answer(page).locator('[data-written]')
  await expect(written).toContainText('Written by ClubOS, quoting the club’s texts')
  await expect(written).toContainText('Not by a model: the model’s provider failed.')
  await page.context().close()
})

test('customers see it coming, may stop it, and are told that an AI wrote it', async () => {
  const { go, gone } = held()
  play((honest) => ({
    pieces: inTwo(honest),
    text: `${honest} ${honest}`,
    beforePiece: (n) => (n === 1 ? gone : undefined),
  }))
  const page = await club().visitor()
  await page.goto('/chat')
  await page.getByRole('textbox', { name: 'Your question' }).fill(answerable)
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-streaming]')).toContainText(/projector/i)
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()
  await expectAccessible(page)
  go()
  const said = page.getByRole('article', { name: 'Assistant' })
  await expect(said).toContainText(/Written by an AI from our instructions \(gpt-4o/)
  await expect(page.locator('[data-streaming]')).toHaveCount(0)

  const second = held()
  play((honest) => ({
    pieces: inTwo(honest),
    text: `${honest} ${honest}`,
    beforePiece: (n) => (n === 1 ? second.gone : undefined),
  }))
  await page.getByRole('textbox', { name: 'Your question' }).fill(`${answerable} again`)
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-streaming]')).toContainText(/projector/i)
  await page.keyboard.press('Escape')
  await expect(page.getByText('You stopped the answer.')).toBeVisible()
  second.go()
  await expect(page.getByRole('article', { name: 'You' })).toHaveCount(2)
  await expect(said).toHaveCount(1)
  await page.context().close()
})

test('an agent sees the draft as it is written, and what wrote it', async () => {
  play((honest) => ({ text: honest }))
  const asker = await customer(club(), 'harbour')
  await asker.ask(answerable)
  const { go, gone } = held()
  play((honest) => ({
    pieces: inTwo(honest),
    text: `${honest} ${honest}`,
    beforePiece: (n) => (n === 1 ? gone : undefined),
  }))
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=all&ticket=${asker.id}`)
  const message = page.getByRole('article', { name: 'Assistant' })
  await expect(message.locator('[data-written]')).toContainText('Written by gpt-4o')
  await page.keyboard.press('d')
  const writing = page.getByRole('region', { name: 'The assistant writes a draft …' })
  await expect(writing.locator('[data-streaming]')).toContainText(/projector/i)
  await expectAccessible(page)
  go()
  const draft = page.getByRole('region', { name: 'The assistant’s draft' })
  await expect(draft).toContainText(/projector/i)
  await expect(draft.locator('[data-written]')).toContainText('Written by gpt-4o')
  await page.keyboard.press('Alt+Enter')
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue(/projector/i)
  await page.context().close()
})

for (const look of looks)
  test(`an answer that is coming is accessible and fits: ${look.colorScheme}, ${look.viewport.width} px`, async () => {
    const { go, gone } = held()
    play((honest) => ({
      pieces: inTwo(honest),
      text: `${honest} ${honest}`,
      beforePiece: (n) => (n === 1 ? gone : undefined),
    }))
    const page = await club().as('agent', 'Ann', look)
    await ask(page)
    await expect(coming(page).locator('[data-streaming]')).toContainText(/projector/i)
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
    go()
    await expect(answer(page).locator('[data-written]')).toContainText('gpt-4o')
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
    await page.context().close()
  })
