/**
 * Where people see what is published through this API: on the platform's own site, also when the API
 * is reached through something else. A server on this machine shows its posts itself.
 */
export function siteOf(apiUrl: string, site: string): string {
  return ['127.0.0.1', 'localhost'].includes(new URL(apiUrl).hostname) ? apiUrl : site
}
