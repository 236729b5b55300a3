/** The key under which a post that was published elsewhere is known here, by its id there. */
export function importKeyOf(id: string): string {
  return `import:${id}`
}
