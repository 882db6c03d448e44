/** Why a file, or what is in it, is left out or needs a person: what the report says in English, and the UI by the code. */

/** In web/i18n (imports.because) as well. What the database decides, it says by app_hidden.import_reason. */
export const reasons = {
  archive_broken: 'It is no zip archive that can be read ({{error}}).',
  archive_files: 'The archive has more than {{most}} files.',
  archive_password: 'The archive is protected by a password: pack it without one.',
  archive_within: 'It is an archive within an archive: unpack it.',
  assistant_silent: 'The assistant “{{name}}” has no instructions.',
  assistants_gone:
    'The account has no assistants any more: export their instructions by hand, if you have them.',
  binary: 'It is no text, whatever its name says.',
  binary_as: 'It is no text, whatever its name ({{extension}}) says.',
  csv_broken: 'It is no CSV that can be read ({{error}}).',
  csv_columns: 'It has no columns of questions and answers; it has: {{columns}}.',
  csv_empty: 'It has no rows below its first.',
  deep: 'Its elements lie more than 400 deep within each other: no document is made so.',
  empty: 'It is empty.',
  file_gone: 'The file is gone: it was deleted or has expired.',
  formula: 'It is a spreadsheet’s formula, not an answer.',
  html_broken: 'It is no HTML that can be read ({{error}}).',
  html_large: 'It is HTML of more than 10 MB.',
  instructions:
    'These are the instructions of the assistant “{{name}}”: make them into what a customer may read.',
  instructions_for:
    'These are the instructions of the assistant “{{name}}” ({{model}}): make them into what a customer may read.',
  json_broken: 'It is not JSON ({{error}}).',
  json_line: 'Line {{line}} is not JSON.',
  json_other:
    'It holds neither assistants, questions and answers, nor conversations with a customer’s question.',
  kind_unknown: 'Files of the kind {{extension}} are not read.',
  large: 'It is larger than {{megabytes}} MB.',
  large_unpacked: 'Unpacked it is larger than {{megabytes}} MB.',
  leads_out: 'Its name leads out of the archive: {{name}}',
  link: 'It is a link, not a file.',
  lists_files: 'It lists files: it says whose they are.',
  no_text: 'It holds no text.',
  nothing: 'Nothing in it can be imported.',
  office: 'Of office documents only Word (.docx) is read: save it as PDF or CSV.',
  office_old: 'It is an old or protected office document: save it as .docx without a password.',
  openai_failed: 'OpenAI could not read it.',
  openai_failed_with: 'OpenAI could not read it: {{error}}.',
  openai_unread: 'OpenAI has not read it ({{status}}).',
  password: 'It is protected by a password: save it without one.',
  pdf_broken: 'It is no PDF that can be read ({{error}}).',
  scanned: 'It holds no text: scanned pages are pictures, and need text recognition first.',
  store_expired: 'The vector store has expired: its files have to be imported from a folder.',
  unpacking: 'It cannot be unpacked ({{error}}).',
  word_broken: 'It is no Word document that can be read ({{error}}).',
} as const

export type ReasonCode = keyof typeof reasons
export type ReasonDetails = Record<string, string | number>

export const sentenceOf = (code: ReasonCode, details: ReasonDetails = {}) =>
  reasons[code].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(details[name] ?? ''))

/** Why a file gives nothing, for the report. */
export class Unreadable extends Error {
  readonly code: ReasonCode
  readonly details: ReasonDetails
  constructor(code: ReasonCode, details: ReasonDetails = {}) {
    super(sentenceOf(code, details))
    this.code = code
    this.details = details
  }
}
