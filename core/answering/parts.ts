/** The parts of a prompt, each between marks that nothing inside it can close. */
import type { Brief } from './brief.ts'

/** What looks like one of our marks loses its bracket: a text cannot end its own part. */
const inside = (text: string) =>
  text.replace(/<(?=\s*\/?\s*(?:categories|conversation|message|sources?|question)\b)/gi, '‹')

const attribute = (text: string) => text.replaceAll(/[<>"&\n]/g, ' ')

export const categoriesPart = (categories: Brief['categories']) =>
  `<categories>\n${categories.map(({ category, about }) => `${inside(category)}: ${inside(about ?? '')}`).join('\n')}\n</categories>`

export const conversationPart = (conversation: Brief['conversation']) =>
  `<conversation>\n${conversation
    .map(({ author, text }) => `<message from="${author}">\n${inside(text)}\n</message>`)
    .join('\n')}\n</conversation>`

export const questionPart = (question: string) => `<question>\n${inside(question)}\n</question>`

export interface SourceText {
  rank: number
  category: string
  title: string
  text: string
}

export const sourcesPart = (sources: SourceText[]) =>
  `<sources>\n${sources
    .map(
      ({ rank, category, title, text }) =>
        `<source n="${rank}" category="${attribute(category)}" title="${attribute(title)}">\n${inside(text)}\n</source>`,
    )
    .join('\n')}\n</sources>`
