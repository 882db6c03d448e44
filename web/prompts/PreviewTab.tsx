export default function PreviewTab() {
  return null
}
