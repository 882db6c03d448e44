/** Categories and sections are short names for programs; people read them as words. */
export const readable = (name: string) => {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** As they are kept: `PIN reset` is `pin_reset`. */
export const shortName = (words: string) => words.trim().toLowerCase().replaceAll(/\s+/g, '_')
