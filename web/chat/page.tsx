import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

export const route = createLazyRoute('/chat')({ component: ChatPage })

function ChatPage() {
  const { t } = useTranslation('chat')
  return <main>{t('title')}</main>
}
