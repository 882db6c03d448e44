import { graphql } from '../graphql/graphql.ts'

export const questionsQuery = graphql(`
  query OwnerQuestions { ownerQuestions { number group question sql reading } }
`)

export const answerQuery = graphql(`
  query AnswerOwnerQuestion($number: Int!) {
    answerOwnerQuestion(number: $number) { columns { name kind } rows truncated ms }
  }
`)
