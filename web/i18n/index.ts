/** Texts: one JSON per language and page under web/i18n. A page loads its own with itself. */
import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import common from './en/common.json'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages
export type Namespace = Exclude<keyof Texts, 'common'>

const files = import.meta.glob<{ default: object }>(['./*/*.json', '!./en/common.json'])

const backend: BackendModule = {
  type: 'backend',
  init() {},
  async read(language, namespace) {
    if (language === 'en' && namespace === 'common') return common
    const load = files[`./${language}/${namespace}.json`]
    if (!load) throw new Error(`There are no texts ${language}/${namespace}.`)
    return (await load()).default
  },
}

const chosen = (): Language => {
  const asked = [localStorage.getItem('clubos.language'), ...navigator.languages]
  for (const one of asked) {
    const short = one?.slice(0, 2).toLowerCase()
    if (short && short in languages) return short as Language
  }
  return 'en'
}

export async function startTexts() {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: chosen(),
      fallbackLng: 'en',
      supportedLngs: Object.keys(languages),
      ns: ['common'],
      defaultNS: 'common',
      // React escapes by itself.
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    })
  document.documentElement.lang = i18next.language
}

export async function chooseLanguage(language: Language) {
  localStorage.setItem('clubos.language', language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export const language = () => i18next.language as Language

/** The types of the texts are those of the English ones; a test keeps the languages alike. */
export interface Texts {
  common: typeof common
  review: typeof import('./en/review.json')
  sops: typeof import('./en/sops.json')
  knowledge: typeof import('./en/knowledge.json')
  inbox: typeof import('./en/inbox.json')
  ask: typeof import('./en/ask.json')
  insights: typeof import('./en/insights.json')
  admin: typeof import('./en/admin.json')
  assistant: typeof import('./en/assistant.json')
  health: typeof import('./en/health.json')
  privacy: typeof import('./en/privacy.json')
  experiments: typeof import('./en/experiments.json')
  chat: typeof import('./en/chat.json')
  models: typeof import('./en/models.json')
  prompts: typeof import('./en/prompts.json')
  golden: typeof import('./en/golden.json')
  questions: typeof import('./en/questions.json')
  backups: typeof import('./en/backups.json')
  backup_targets: typeof import('./en/backup_targets.json')
  imports: typeof import('./en/imports.json')
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: Texts
  }
}
