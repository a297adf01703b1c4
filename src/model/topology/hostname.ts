/** What a machine calls itself, as a DNS label: resource names allow more than a label does. */
export function hostnameOf(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replaceAll(/-+$/g, '')
  return label === '' ? 'host' : label
}
