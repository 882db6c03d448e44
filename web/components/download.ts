/** Gives the user a file that was made here. */
export function download(name: string, text: string, type: string) {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not at once: the browser begins to read after this returns.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
