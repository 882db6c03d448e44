/** The page's nonce: styles that scripts add must carry it, since the policy allows no others. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
