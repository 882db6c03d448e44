/** What the database says of a question before any model is asked (app_private.question_brief), checked. */
import { z } from 'zod'

const Prompt = z.object({ id: z.number(), content: z.string() })

export const Brief = z.object({
  /** Reserved for the answer. A number of 64 bits, as a string like all of them. */
  response_id: z.coerce.string(),
  ticket_id: z.number().nullable(),
  message_id: z.coerce.string().nullable().optional(),
  site: z.string().nullable(),
  /** Its kind, where the rules see one: then no model is asked anything. */
  emergency: z.string().nullable(),
  /** A person has the conversation. */
  silent: z.boolean(),
  enabled: z.boolean(),
  budget: z.enum(['open', 'warned', 'stopped']),
  /** The question as it may leave this machine. */
  masked: z.string(),
  conversation: z.array(z.object({ author: z.enum(['customer', 'assistant', 'staff']), text: z.string() })),
  categories: z.array(z.object({ category: z.string(), about: z.string().nullable() })),
  /** Whose vectors are searched. */
  embedding_model: z.string(),
  vector_cached: z.boolean(),
  prompts: z.object({ route: Prompt.optional(), rerank: Prompt.optional(), answer: Prompt.optional() }),
})
export type Brief = z.infer<typeof Brief>
