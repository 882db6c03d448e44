/** The questions of docs/questions.md: the page, the API, the tests and the bench have no other list. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from './database/migrate.ts'

export interface OwnerQuestion {
  number: number
  /** The heading that it stands under. */
  group: string
  question: string
  sql: string
  /** How to read the answer. */
  reading: string
}

/** Fails where the file is not as it says: a question that is not understood must not be left out in silence. */
export function parseQuestions(markdown: string): OwnerQuestion[] {
  const questions: OwnerQuestion[] = []
  for (const part of markdown.split(/^## /m).slice(1)) {
    const group = part.slice(0, part.indexOf('\n')).trim()
    for (const text of part.split(/^### /m).slice(1)) {
      const found =
        /^(?<number>\d+)\. (?<question>.+)\n\n```sql\n(?<sql>[\s\S]+?;)\n```\n\n(?<reading>.+)\n*$/.exec(text)
      if (!found) throw new Error(`A question of ${group} is not number, SQL and one line: ${text}`)
      const { number, question, sql, reading } = found.groups as Record<string, string>
      if (Number(number) !== questions.length + 1)
        throw new Error(`Question ${number} should be number ${questions.length + 1}.`)
      questions.push({
        number: Number(number),
        group,
        question: question!,
        sql: sql!,
        reading: reading!.replaceAll('\\_', '_'),
      })
    }
  }
  return questions
}

export const readQuestions = (): OwnerQuestion[] =>
  parseQuestions(readFileSync(join(projectFolder, 'docs', 'questions.md'), 'utf8'))
